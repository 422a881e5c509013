// The console over a container engine: the real labs and their real checks behind the served page.
import { createCheckService } from '../console/check-service.ts';
import { createLabService, type LabServiceOptions } from '../console/lab-service.ts';
import { serveConsole, type Console, type ConsoleOptions } from './console.ts';

export type StartConsoleOptions = LabServiceOptions & Omit<ConsoleOptions, 'labs' | 'checks'>;

/**
 * Starts the console; labs that run already are found. Closing it aborts starts that are under way and leaves running
 * labs alone. Throws EADDRINUSE as Node does when the port is taken.
 */
export async function startConsole(options: StartConsoleOptions): Promise<Console> {
  const labs = await createLabService(options);
  const checks = createCheckService(options);
  try {
    const console = await serveConsole({ ...options, labs, checks });
    return {
      ...console,
      async close() {
        await console.close();
        await labs.close();
      },
    };
  } catch (error) {
    await labs.close();
    throw error;
  }
}
