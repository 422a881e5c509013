// The console's labs where none can run: folders can be read, starting says what to do instead.
import { readCatalog, readSource } from '../console/lab-source.ts';
import { NotNow, type CheckService, type LabService } from '../http/deps.ts';

export function noLabs(labsFolder: string): { labs: LabService; checks: CheckService } {
  const refuse = async (): Promise<never> => {
    throw new NotNow("This console only shows a lab. 'patchbay author LAB --start' also runs it.");
  };
  const never = () => () => undefined;
  const labs: LabService = {
    // when it was proven is a matter for those who learn from it
    catalog: () => readCatalog(labsFolder, { provenAt: async () => undefined }),
    source: (entry) => readSource(labsFolder, entry),
    running: () => [],
    ...{ start: refuse, destroy: refuse, reset: refuse, bring: refuse, resume: refuse, extend: refuse },
    ...{ repair: refuse, restart: refuse, suspect: () => undefined, warm: () => ({}), onWarm: never },
    ...{ openTerminal: refuse, joinTerminals: async () => [], onChange: never, onReplaced: never },
  };
  return { labs, checks: { check: refuse } };
}
