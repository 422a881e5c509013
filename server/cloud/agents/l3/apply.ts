// Does the steps of a plan for one router; each is safe to repeat.
import { announceAddress } from '../../../host/arping.ts';
import { forgetConnections } from '../../../host/conntrack.ts';
import { applyProxy } from '../metadata-proxy.ts';
import { applySteps } from '../namespace-apply.ts';
import type { NamespaceStep } from '../namespace-plan.ts';
import { ownershipOf } from './actual.ts';
import type { L3Config } from './desired.ts';
import type { RouterStep } from './plan.ts';

/** `onLateError` hears of announcements that failed: a pass does not wait for them. */
export async function applyRouter(
  config: L3Config,
  routerId: string,
  steps: RouterStep[],
  onLateError: (error: Error) => void,
): Promise<void> {
  const own = ownershipOf(config, routerId);
  await applySteps<RouterStep>(steps, own, (step) => applyOne(config, routerId, own.ns, step, onLateError));
}

async function applyOne(
  config: L3Config,
  routerId: string,
  ns: string | undefined,
  step: Exclude<RouterStep, NamespaceStep>,
  onLateError: (error: Error) => void,
): Promise<void> {
  switch (step.kind) {
    case 'announce': {
      const inside = ns === undefined ? {} : { ns };
      const announcement = {
        dev: step.device,
        address: step.address,
        count: config.send_arp_for_ha,
        ...inside,
      };
      announceAddress(announcement).catch(onLateError);
      return;
    }
    case 'forget-connections':
      await forgetConnections(step.address, ns);
      return;
    case 'start-proxy':
    case 'stop-proxy':
      await applyProxy(step, config, routerId, ns);
  }
}
