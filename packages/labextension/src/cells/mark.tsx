// A chip or a note in a cell. What it says changes in place: a button that somebody is about to press stays the same button.
import { ReactWidget } from '@jupyterlab/apputils';
import type { ReactElement } from 'react';

export class Mark extends ReactWidget {
  /** @param said tells whether there is anything to draw anew */
  constructor(
    private said: string,
    private element: ReactElement,
  ) {
    super();
    this.addClass('cellfarm-Mark');
  }

  say(said: string, element: ReactElement): void {
    if (said === this.said) return;
    this.said = said;
    this.element = element;
    this.update();
  }

  protected render(): ReactElement {
    return this.element;
  }
}
