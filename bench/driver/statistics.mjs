// The few statistics that tables are made of. Empty input gives undefined: there is nothing to say.

function median(values) {
  if (values.length === 0) return undefined;
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** Median, least and most of some values; undefined when there are none. */
export function spread(values) {
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Median and 99th percentile of times in milliseconds, as microseconds. */
export function percentiles(times) {
  const ordered = times.toSorted((a, b) => a - b);
  const at = (share) => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))];
  return { p50Microseconds: at(0.5) * 1e3, p99Microseconds: at(0.99) * 1e3 };
}
