// The commands of cellfarm. Schemas, menus and tests name them too.
export const CommandIds = {
  distribute: 'cellfarm:distribute',
  dryRun: 'cellfarm:dry-run',
  cancelRun: 'cellfarm:cancel-run',
  retryRun: 'cellfarm:retry-run',
  showRun: 'cellfarm:show-run',
  showRuns: 'cellfarm:show-runs',
  showTags: 'cellfarm:show-tags',
  openExample: 'cellfarm:open-example',
  askAgain: 'cellfarm:ask-again',
} as const;
