// Ends the command after its problems were told.

/** Bad input: several problems, all told already. */
export class ToldAlready extends Error {
  constructor(readonly exit: number) {
    super('told already');
  }
}
