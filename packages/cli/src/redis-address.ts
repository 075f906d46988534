// The address of a Redis may hold a password. It is read from the command line or the environment, goes to other processes of cellfarm
// by their environment alone. How it is shown without its password is the service's.
const VARIABLE = 'CELLFARM_REDIS_URL';

/** The Redis to use, as the words of the command or the environment name it. The environment is cleared of it: notebooks inherit that. */
export function takeRedisAddress(flag: string | undefined): string | undefined {
  const named = process.env[VARIABLE];
  delete process.env[VARIABLE];
  const address = flag ?? (named === '' ? undefined : named);
  // Words of a command are there for all users to read; from here on these are not.
  if (flag?.includes('@') === true) process.title = 'cellfarm';
  return address;
}

/** What tells a process that we start of the Redis. */
export function redisEnvironment(address: string | null | undefined): NodeJS.ProcessEnv {
  return address ? { [VARIABLE]: address } : {};
}
