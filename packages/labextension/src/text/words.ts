// What functions need of JupyterLab's translation, so that they can be tested without JupyterLab.
import type { TranslationBundle } from '@jupyterlab/translation';

export type Words = Pick<TranslationBundle, '__' | '_n'>;
