// The part of a run's record that forecasts read.
export interface CellRunTimes {
  readonly cells: readonly { readonly cell: number; readonly durationMs: number | null }[];
  readonly maps: readonly { readonly busyMs: number; readonly wallMs: number | null }[];
}
