// What this machine calls the user; null where it has no name for them, as in a container whose user is not in its list.
import { userInfo } from 'node:os';

export function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? null;
  }
}
