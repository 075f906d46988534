// The process id that a test is about to look at or to kill. Never 0, which would mean the test's own process group.

/** Throws where there is no process. */
export function pidOf({ pid }: { readonly pid?: number | null | undefined }): number {
  if (pid === undefined || pid === null || pid <= 0) throw new Error('there is no such process');
  return pid;
}
