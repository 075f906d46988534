// The command `cellfarm`: keeps compiled code between starts, then hands over to the words of the command. What every
// start loads is this file and program.ts, so nothing heavy is imported here.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

function cacheFolder(): string {
  const own = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return process.env['NODE_COMPILE_CACHE'] ?? join(own, 'cellfarm', 'compiled');
}

enableCompileCache(cacheFolder()); // where nothing can be written it does nothing
const { runProgram } = await import('./program.js');
// Everything is closed by now, but BullMQ's timers would hold the process for seconds. Writes to pipes and files are done.
process.exit(await runProgram(process.argv.slice(2)));
