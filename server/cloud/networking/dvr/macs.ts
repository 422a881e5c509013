// The MAC address that stands for the distributed routers of a host on the wire, drawn once per host.
import type { RequestContext } from '../../model/context.ts';
import { neutronError } from '../../model/errors.ts';
import type { DvrHostMac } from '../../model/specs.ts';
import { dvrHostMacs } from '../../store/networking-tables.ts';
import { randomMac } from '../mac.ts';
import { perform } from '../perform.ts';
import type { Env, Work } from '../work.ts';

const attempts = 16;

/** The host's address; all L2 agents hear of a new one. */
export function dvrMacOf(env: Env, context: RequestContext, host: string): Promise<DvrHostMac> {
  return perform(env, context, async (work) => {
    const known = await work.rows.find(dvrHostMacs, { host });
    if (known !== undefined) return known;
    const made = { host, mac_address: await freshDvrMac(work, host) };
    await work.rows.insert(dvrHostMacs, made);
    work.casts.push({
      topic: 'q-agent-notifier-dvr-update',
      method: 'dvr_mac_address_update',
      args: { dvr_macs: await allDvrMacs(work) },
      fanout: true,
    });
    return made;
  });
}

/** Of all hosts, in the order of their names. */
export const allDvrMacs = ({ rows }: Pick<Work, 'rows'>): Promise<DvrHostMac[]> =>
  rows.all(dvrHostMacs, {}, { orderBy: [{ column: 'host' }] });

async function freshDvrMac(work: Work, host: string): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const mac_address = randomMac(work.env.settings.dvr_base_mac);
    if ((await work.rows.count(dvrHostMacs, { mac_address })) === 0) return mac_address;
  }
  throw neutronError('MacAddressGenerationFailure', { net_id: host });
}
