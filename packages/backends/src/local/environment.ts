// Decides what a process inherits: the agent's environment without cellfarm's own variables and without the doors to other
// services (Jupyter's and JupyterHub's tokens, Docker's socket). A notebook's own variables, its credentials among them, stay:
// the cell that reads them must read what a kernel started here would read.

const PREFIX = 'CELLFARM_';
/** Data folder that an example notebook reads: the user's, in spite of its prefix. */
const USERS_OWN = new Set(['CELLFARM_FASHION_MNIST']);
const WITHHELD = new Set([
  'JUPYTER_TOKEN',
  'JPY_API_TOKEN',
  'JUPYTERHUB_API_TOKEN',
  'DOCKER_HOST',
  'NODE_CHANNEL_FD',
  'NODE_UNIQUE_ID',
]);

function isInherited(name: string): boolean {
  if (USERS_OWN.has(name)) return true;
  return !name.startsWith(PREFIX) && !WITHHELD.has(name);
}

/** The environment of a process: what it inherits of `own`, then `additions`. */
export function childEnvironment(
  own: NodeJS.ProcessEnv,
  additions: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && isInherited(name)) environment[name] = value;
  }
  return { ...environment, ...additions };
}
