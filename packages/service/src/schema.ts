// The part of a zod schema that the service uses, so that whoever checks a shape needs no more than this.

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}
