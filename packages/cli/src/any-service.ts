// A service to ask about what is on disk: the running one, or one in this process for the length of the question. It takes no work.
import { startService } from '@cellfarm/service';
import { runningService } from './run/service-for-run.js';
import { ServiceClient } from './service-client.js';
import type { Settings } from './settings.js';
import { VERSION } from './version.js';

export async function anyService<T>(
  settings: Settings,
  ask: (client: ServiceClient) => Promise<T>,
): Promise<T> {
  const running = await runningService(settings.home);
  if (running) return ask(running);
  const service = await startService({
    cellfarmHome: settings.home,
    queue: { type: 'memory' },
    resumeInterrupted: false,
    packageFolder: settings.pythonPackage,
    python: settings.python,
    version: VERSION,
    logPath: null,
  });
  try {
    return await ask(new ServiceClient(service.address));
  } finally {
    await service.stop();
  }
}
