// A panel whose content is made when it is first shown, so that its code need not be loaded before.
import { PanelLayout, Widget } from '@lumino/widgets';

export class LazyPanel extends Widget {
  private asked = false;

  constructor(private readonly make: () => Promise<Widget>) {
    super();
    this.addClass('cellfarm-LazyPanel');
    this.layout = new PanelLayout();
  }

  protected override onAfterShow(): void {
    if (this.asked) return;
    this.asked = true;
    this.make().then(
      (content) => {
        if (!this.isDisposed) (this.layout as PanelLayout).addWidget(content);
      },
      (cause: unknown) => {
        this.asked = false;
        console.error('cellfarm: the panel could not be made', cause);
      },
    );
  }
}
