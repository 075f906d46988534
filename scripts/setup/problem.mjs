// What stops set-up, told as one sentence that a person can act on. Stack traces are for faults of ours only.

/** Exit status of a command that failed for a reason outside the notebook (see README, exit codes). */
const INFRASTRUCTURE = 3;

/** A reason to stop that the user can remove; its message says how. */
export class Problem extends Error {}

/** Runs `main` and turns a Problem into its sentence on stderr and exit status 3. */
export async function endingInASentence(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`cellfarm: ${error.message}\n`);
    process.exitCode = INFRASTRUCTURE;
  }
}

/** Refuses Windows and a Node older than 18, before anything else is tried. */
export function refuseForeignGround(platform = process.platform, version = process.versions.node) {
  if (platform === 'win32') {
    throw new Problem(
      'Windows itself is not supported: install WSL (`wsl --install` in a terminal), and run the same command inside it.',
    );
  }
  if (Number.parseInt(version, 10) < 18) {
    throw new Problem(
      `set-up needs Node 18 or newer to start with, and this is ${version}: install a newer one (Debian and Ubuntu: \`apt-get install nodejs npm\`; macOS: \`brew install node\`), and run the command again.`,
    );
  }
}
