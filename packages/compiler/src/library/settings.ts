// Settings of the process that libraries keep in their modules: changing one is an effect, not a change of the module's code.
const SETTINGS =
  /^(os\.environ|sys\.path|sys\.(stdout|stderr)|matplotlib\.(pyplot\.)?rcParams|pandas\.options|numpy\.printoptions|warnings\.filters)(\.|$)/;

export function isSetting(path: string): boolean {
  return SETTINGS.test(path);
}
