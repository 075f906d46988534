export { parseNotebook, type ReadOptions, type ReadResult } from './read-notebook.js';
export type { ChanceCall } from './chance-calls.js';
export { cellsNeedingOracle, chanceCalls, compile, type CompileOptions } from './compile.js';
export {
  readOracleAnswer,
  type OracleAnswer,
  type OracleAnswers,
  type OracleQuestion,
  type SyntaxProblem,
} from './oracle.js';
export { graphToDot } from './dot.js';
export { graphToText } from './text.js';
