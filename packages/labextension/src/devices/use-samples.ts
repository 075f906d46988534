// Asks for the samples of agents once a second while a run goes on and its page is seen; of a run that is over, once. Asking is what
// keeps agents sampling.
import { useEffect, useRef, useState } from 'react';
import type { SamplesAnswer } from '@cellfarm/protocol';
import { type MachineHistory, newestOf, withSamples } from './machine-history.js';

export type AskSamples = (agent: string, after: number) => Promise<SamplesAnswer>;

const EVERY_MS = 1_000;
/** After an answer that failed. */
const PATIENCE_MS = 10_000;

export function useSamples(agents: readonly string[], ask: AskSamples, going: boolean): MachineHistory {
  const [history, setHistory] = useState<MachineHistory>(new Map());
  const known = useRef<MachineHistory>(history);
  const names = agents.join(' ');
  useEffect(() => {
    let wanted = true;
    let timer = 0;
    const askAll = async (): Promise<void> => {
      const asked = names.split(' ').filter((name) => name !== '');
      const answers = await Promise.allSettled(
        asked.map((agent) => ask(agent, newestOf(known.current, agent))),
      );
      answers.forEach((answer, at) => {
        if (answer.status === 'fulfilled')
          known.current = withSamples(known.current, asked[at] ?? '', answer.value);
      });
      if (wanted) setHistory(known.current);
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed) throw failed.reason;
    };
    const look = async (): Promise<void> => {
      let wait = EVERY_MS;
      try {
        if (!document.hidden) await askAll();
      } catch (cause) {
        console.warn('cellfarm: there are no samples', cause);
        wait = PATIENCE_MS;
      }
      if (wanted && going) timer = window.setTimeout(() => void look(), wait);
    };
    void look();
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [names, ask, going]);
  return history;
}
