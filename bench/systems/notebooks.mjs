// The notebooks that cellfarm and the plain kernel are measured with. Each prints one line of JSON that says what it saw: times are taken
// inside the notebook, by the clock that its user would look at.

const mapped = (body) => `import json, time\nimport cellfarm\n\n@cellfarm.map\n${body}`;

const say = (expression) => `print(json.dumps(${expression}))`;

export const noOp = ({ count }) => [
  mapped('def same(value):\n    return value'),
  'warm = [same(value) for value in range(200)]',
  `began = time.perf_counter()
results = [same(value) for value in range(${count})]
seconds = time.perf_counter() - began
assert results == list(range(${count}))
${say(`{"tasksPerSecond": ${count} / seconds}`)}`,
];

export const roundTrip = ({ repeats }) => [
  `${mapped('def same(value):\n    return value')}\n\ntimes = []`,
  'warm = [same(value) for value in range(200)]',
  `for _ in range(${repeats}):
    began = time.perf_counter()
    results = [same(value) for value in (1, 2)]
    times.append(time.perf_counter() - began)
    assert results == [1, 2]`,
  `times.sort()
${say('{"p50Microseconds": times[len(times) // 2] * 1e6, "p99Microseconds": times[len(times) * 99 // 100] * 1e6}')}`,
];

/** Cells of one statement each; the first and the last look at the clock. */
export const chain = ({ count }) => [
  'import json, time\nx = 0',
  'began = time.perf_counter()',
  ...Array.from({ length: count }, () => 'x += 1'),
  `seconds = time.perf_counter() - began
assert x == ${count}
${say(`{"stepMicroseconds": seconds / ${count + 1} * 1e6}`)}`,
];

const filled = `import numpy as np
${mapped(`def filled(number_and_bytes):
    number, size = number_and_bytes
    array = np.full(size // 8, float(number))
    return array, time.perf_counter()`)}`;

/** The same times as in measures.py: here from the first array that is there in its worker until all are here ... */
export const handOver64K = ({ count, size }) => [
  filled,
  `results = [filled(item) for item in [(number, ${size}) for number in range(${count})]]
touched = [float(array[0]) + float(array[-1]) for array, _ in results]
seconds = time.perf_counter() - min(there for _, there in results)
assert touched == [2.0 * number for number in range(${count})]
${say(`{"arraysPerSecond": ${count} / seconds, "megabytesPerSecond": ${count * size} / seconds / 1e6}`)}`,
];

/** ... and here for each large array by itself, beside a tiny one: a map of one element would stay at home. */
export const handOver256M = ({ count, size }) => [
  `${filled}\n\nseconds = 0.0`,
  `for number in range(${count}):
    (array, there), _ = [filled(item) for item in [(number, ${size}), (number, 8)]]
    touched = float(array[0]) + float(array[-1])
    seconds += time.perf_counter() - there
    assert touched == 2.0 * number`,
  say(`{"arraysPerSecond": ${count} / seconds, "megabytesPerSecond": ${count * size} / seconds / 1e6}`),
];

export const resting = ({ count, milliseconds }) => [
  mapped(`def rest(number):\n    time.sleep(${milliseconds / 1e3})\n    return number`),
  `began = time.perf_counter()
results = [rest(number) for number in range(${count})]
seconds = time.perf_counter() - began
assert results == list(range(${count}))
${say('{"seconds": seconds}')}`,
];

/** Says when its first cell ran, by the clock that other processes have too. */
export const start = () => ['import json, time\nprint(json.dumps({"at": time.time()}))'];

/** A notebook file's text from the sources of its cells. */
export function notebookText(sources) {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    cells: sources.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      source,
      outputs: [],
    })),
  });
}

/** What a notebook printed as JSON, from its outputs in order. Throws when it printed none. */
export function saidIn(outputs) {
  const text = outputs
    .filter((output) => output.output_type === 'stream' && output.name === 'stdout')
    .map((output) => [output.text].flat().join(''))
    .join('');
  const line = text.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error('the notebook did not say what it saw');
  return JSON.parse(line);
}
