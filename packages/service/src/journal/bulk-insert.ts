// Inserts many rows with few statements: prepared ones for 64, 8 and 1 rows, which costs a third of one statement a
// row. Knows nothing of what the rows mean.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cell } from './event-row.js';

const SIZES = [64, 8, 1] as const;

export class BulkInsert {
  private readonly statements: readonly { readonly rows: number; readonly statement: StatementSync }[];

  constructor(
    db: DatabaseSync,
    table: string,
    private readonly columns: readonly string[],
  ) {
    const row = `(${columns.map(() => '?').join(',')})`;
    this.statements = SIZES.map((rows) => {
      const values = Array.from({ length: rows }, () => row).join(',');
      return { rows, statement: db.prepare(`INSERT INTO ${table} (${columns.join(',')}) VALUES ${values}`) };
    });
  }

  /** Inserts all rows whose values lie one after another in `cells`. */
  run(cells: readonly Cell[]): void {
    let at = 0;
    for (const { rows, statement } of this.statements) {
      const step = rows * this.columns.length;
      for (; cells.length - at >= step; at += step) statement.run(...cells.slice(at, at + step));
    }
  }
}
