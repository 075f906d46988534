// How targets are called: "This machine", "Kubernetes"; a target of the user's own by its name.
import type { Words } from '../text/words.js';

export type TargetIcon = 'cpu' | 'docker' | 'kubernetes' | 'slurm' | 'target';

export function targetLabel(target: string, words: Words): string {
  switch (target) {
    case 'auto':
    case 'local':
      return words.__('This machine');
    case 'docker':
      return words.__('Docker');
    case 'kubernetes':
      return words.__('Kubernetes');
    case 'slurm':
      return words.__('Slurm');
    default:
      return target;
  }
}

export function targetIcon(target: string): TargetIcon {
  switch (target) {
    case 'auto':
    case 'local':
      return 'cpu';
    case 'docker':
    case 'kubernetes':
    case 'slurm':
      return target;
    default:
      return 'target';
  }
}

/** Whether work for this target stays on the machine where home is. */
export function staysHere(target: string): boolean {
  return target === 'auto' || target === 'local' || target === 'docker';
}
