// The console over a container engine: the real labs and their real checks behind the served page.
import { createCheckService } from '../console/check-service.ts';
import { createLabService, type EngineLabs, type LabServiceOptions } from '../console/lab-service.ts';
import { openJourneys } from '../journey/journeys.ts';
import { openProofs } from '../proof/proofs-file.ts';
import { serveConsole, type Console, type ConsoleOptions } from './console.ts';

export type StartConsoleOptions = Omit<LabServiceOptions, 'journeys' | 'proofs'> &
  Omit<ConsoleOptions, 'labs' | 'checks' | 'journeys'> & {
    /** What must outlive the appliance lies here. */
    stateFolder: string;
  };

/**
 * Starts the console; labs that run already are found. Closing it aborts starts that are under way and leaves running
 * labs alone. Throws EADDRINUSE as Node does when the port is taken.
 */
export async function startConsole(options: StartConsoleOptions): Promise<Console & { labs: EngineLabs }> {
  const journeys = await openJourneys(options);
  const proofs = openProofs(options.stateFolder, options.log);
  const labs = await createLabService({ ...options, journeys, proofs });
  const checks = createCheckService({ ...options, onBroken: (lab) => labs.suspect(lab) });
  try {
    const console = await serveConsole({ ...options, labs, checks, journeys });
    return {
      ...console,
      labs,
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
