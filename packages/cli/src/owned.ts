// When a long-running part should end: at SIGTERM or SIGINT, and, when another process of cellfarm owns it, when that
// process is gone (its end of standard input closes) whatever ended it.

/** Resolves when it is time. An owned part leaves SIGINT to its owner. */
export function untilTold(owned: boolean): Promise<void> {
  return new Promise((resolve) => {
    const told = (): void => {
      process.stdin.destroy(); // an open standard input would keep this process from ending
      resolve();
    };
    process.once('SIGTERM', told);
    if (!owned) {
      process.once('SIGINT', told);
      return;
    }
    process.on('SIGINT', () => undefined);
    process.stdin.on('end', told).on('error', told).resume();
  });
}
