/** Version of cellfarm, one for all packages; the release script keeps it equal to lerna.json. */
export const VERSION = '0.1.0';
