// Does the steps of a plan for one router; each is safe to repeat.
import { announceAddress } from '../../../host/arping.ts';
import { forgetConnections } from '../../../host/conntrack.ts';
import { applySteps } from '../namespace-apply.ts';
import { applyDaemon } from '../namespace-daemon.ts';
import type { L3Config } from './target.ts';
import { keepSettings, restoreSettings } from './node-settings.ts';
import { noteState } from './ha/note-state.ts';
import type { RouterOwnStep, RouterStep } from './plan.ts';

/** `onLateError` hears of announcements that failed: a pass does not wait for them. */
export async function applyRouter(
  config: L3Config,
  routerId: string,
  steps: readonly RouterStep[],
  onLateError: (error: Error) => void,
): Promise<void> {
  let rest = steps;
  while (rest.length > 0) {
    const { ns } = rest[0]!;
    const end = rest.findIndex((step) => step.ns !== ns);
    const here = end < 0 ? rest : rest.slice(0, end);
    rest = rest.slice(here.length);
    await applySteps<RouterOwnStep>(here, { ns }, (step) =>
      applyOne(config, { routerId, ns }, step, onLateError),
    );
  }
}

async function applyOne(
  config: L3Config,
  { routerId, ns }: { routerId: string; ns: string | undefined },
  step: RouterOwnStep,
  onLateError: (error: Error) => void,
): Promise<void> {
  switch (step.kind) {
    case 'announce':
      announce(config, ns, step, onLateError);
      return;
    case 'forget-connections':
      await forgetConnections(step.address, ns);
      return;
    case 'keep-settings':
      keepSettings(config, step.settings);
      return;
    case 'restore-settings':
      await restoreSettings(config, step.settings);
      return;
    case 'note-state':
      noteState(config, routerId, step.state);
      return;
    case 'start-daemon':
    case 'reload-daemon':
    case 'stop-daemon':
      await applyDaemon(step, ns);
  }
}

/** Says that an address is here, for as long as it takes; a pass does not wait. */
export function announce(
  config: L3Config,
  ns: string | undefined,
  { device, address }: { device: string; address: string },
  onLateError: (error: Error) => void,
): void {
  const inside = ns === undefined ? {} : { ns };
  const isNew = device.startsWith('qr-');
  announceAddress({ dev: device, address, isNew, count: config.send_arp_for_ha, ...inside }).catch(
    onLateError,
  );
}
