// What other packages use of the service.
export { startService, type Service } from './service.js';
export type { ServiceOptions } from './options.js';
export type { QueueChoice } from './redis.js';
export { readServiceAddress, removeServiceAddress, writeServiceAddress } from './address.js';
export { compileNotebook, freeze as freezeNotebook, prepareNotebook, type Prepared } from './run/prepare.js';
export { birthOf as processBirth } from './journal/process-identity.js';
export { withoutPassword } from './log.js';
export { signingKey } from './signing-key.js';
export type { OracleOptions } from './oracle.js';
export { findInterpreter, type Interpreter, type InterpreterQuestion } from './kernels/interpreter.js';
export type { CellRecord, MapRecord, RunRecord } from './run/record.js';
export { requireTargets } from './targets/require-targets.js';
