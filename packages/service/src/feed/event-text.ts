// An event as JSON text. The two kinds that come by the ten thousand are written out by hand, with the same keys in the same order.
import type { RunEvent } from '@cellfarm/protocol';

export function eventText(event: RunEvent): string {
  if (event.type === 'task.started') {
    const { seq, time, run, type, task, attempt, worker, host } = event;
    const of = `"task":"${task}","attempt":${attempt},"worker":"${worker}","host":${JSON.stringify(host)}`;
    return `{"seq":${seq},"time":${time},"run":"${run}","type":"${type}",${of}}`;
  }
  if (event.type === 'task.finished') {
    const { seq, time, run, type, task, attempt, worker, durationMs, cached } = event;
    const of = `"task":"${task}","attempt":${attempt},"worker":"${worker}"`;
    return `{"seq":${seq},"time":${time},"run":"${run}","type":"${type}",${of},"durationMs":${durationMs},"cached":${cached}}`;
  }
  return JSON.stringify(event);
}
