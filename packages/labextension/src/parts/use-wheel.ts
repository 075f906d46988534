// The wheel with Ctrl or Command held down, which an element takes for itself: the page is not zoomed then. React listens to wheels in a
// way in which that cannot be prevented.
import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** @param turned told how far it was turned; above 0 means towards the user */
export function useWheel(box: RefObject<HTMLElement>, turned: (by: number) => void): void {
  const tell = useRef(turned);
  useEffect(() => {
    tell.current = turned;
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      tell.current(event.deltaY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box]);
}
