// Notices changes of flows and iptables rules made by hand, which nobody tells: their print is compared every few seconds.
import { createHash } from 'node:crypto';
import { tablesPrint } from '../../../host/iptables.ts';
import { flowPrint } from '../../../host/ovs-ofctl.ts';
import { tunnelTable } from './flows-tunnel.ts';
import { managedBridges, type Settings } from './settings.ts';

/** Calls `onChange` when the print differs from the one before; a full pass and reading everything is left to that. */
export function watchByPrint(settings: Settings, onChange: () => void): { stop(): void } {
  let last = '';
  let isLooking = false;

  async function look(): Promise<void> {
    const parts = await Promise.all([
      // A bridge or a switch that is not there is a state like any other.
      ...managedBridges(settings).map((bridge) =>
        flowPrint(bridge, bridge === settings.tunnels.bridge ? [tunnelTable.unicast] : []).catch(
          (error: Error) => error.message,
        ),
      ),
      settings.enforcesSecurityGroups ? tablesPrint().catch((error: Error) => error.message) : '',
    ]);
    const print = createHash('sha1').update(parts.join('\n--\n')).digest('hex');
    // The first print too: it may be of a host that was damaged after the first pass.
    if (print !== last) onChange();
    last = print;
  }

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => (isLooking = false));
  }, settings.checkSeconds * 1000);
  return { stop: () => clearInterval(timer) };
}
