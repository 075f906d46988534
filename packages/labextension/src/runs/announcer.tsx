// Reads changes of state out to who cannot see them: politely, at most one message in five seconds, merged.
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { CellNode } from '../run/cell-nodes.js';
import { progressWords, runState } from '../run/progress-words.js';
import type { RunSource } from '../run/run-source.js';
import { stateWord } from '../run/state-words.js';
import type { Words } from '../text/words.js';

const EVERY_MS = 5_000;

export interface AnnouncerProps {
  readonly source: RunSource;
  readonly nodes: readonly CellNode[];
  readonly words: Words;
}

export function Announcer({ source, nodes, words }: AnnouncerProps): ReactElement {
  const [said, say] = useState('');
  const text =
    source.run === null ? '' : `${stateWord(runState(source.view), words)}. ${progressWords(nodes, words)}.`;
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = window.setInterval(() => say(latest.current), EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <div className="cellfarm-hidden" aria-live="polite" role="status">
      {said}
    </div>
  );
}
