/** Fails to compile when a switch over a tag forgets a case, and throws when data from outside carries an unknown tag. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
