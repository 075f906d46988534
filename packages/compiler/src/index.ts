export { parseNotebook, type ReadOptions, type ReadResult } from './read-notebook.js';
export { cellsNeedingOracle, compile, type CompileOptions } from './compile.js';
export {
  readOracleAnswer,
  type OracleAnswer,
  type OracleAnswers,
  type OracleQuestion,
  type SyntaxProblem,
} from './oracle.js';
export { graphToDot } from './dot.js';
export { graphToText } from './text.js';
