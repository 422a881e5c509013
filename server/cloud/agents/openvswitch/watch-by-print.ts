// Notices changes of flows and of the firewall made by hand, which nobody tells: their print is compared every few seconds.
import { createHash } from 'node:crypto';
import { firewallPrint } from '../firewall/actual.ts';
import { printOf } from './host-reader.ts';
import { managedBridges, type Settings } from './settings.ts';

/** Calls `onChange` when the print differs from the one before; a full pass and reading everything is left to that. */
export function watchByPrint(settings: Settings, onChange: () => void): { stop(): void } {
  let last = '';
  let isLooking = false;

  async function look(): Promise<void> {
    // A bridge or a switch that is not there is a state like any other.
    const orReason = (print: Promise<string>) => print.catch((error: Error) => error.message);
    const parts = await Promise.all([
      ...managedBridges(settings).map((bridge) => orReason(printOf(bridge, settings))),
      settings.enforcesSecurityGroups ? orReason(firewallPrint()) : '',
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
