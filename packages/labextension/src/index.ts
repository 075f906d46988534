// The plugins of cellfarm. Each can be disabled on its own; panels are loaded when they are first shown.
import { distributePlugin } from './plugins/distribute.js';
import { servicePlugin } from './plugins/service.js';
import { settingsPlugin } from './plugins/settings.js';

export default [settingsPlugin, servicePlugin, distributePlugin];
