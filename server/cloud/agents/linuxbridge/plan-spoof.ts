// Which MAC and ARP addresses a guarded port may send frames with, as ebtables rules of its tap. Pure.
import { planEbtables } from '../../../host/ebtables.ts';
import type { Chains } from '../../../host/iptables.ts';
import { familyOf, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import type { DeviceSpec } from '../../model/specs.ts';
import { tapOf } from './names.ts';
import type { Step } from './steps.ts';

const isOurs = (chain: string) => /^neutron(ARP|MAC)-tap/.test(chain);

export function planSpoofGuard(guarded: readonly DeviceSpec[], found: Chains): Step[] {
  const input = planEbtables(spoofChains(guarded), found, isOurs);
  if (input === '') return [];
  const lines = input.split('\n').filter((line) => line.startsWith('-')).length;
  return [{ kind: 'change-ebtables', input, reason: `${lines} rules against false senders differ` }];
}

/** Chains of the table nat, spelt as ebtables-save spells them. */
export function spoofChains(guarded: readonly DeviceSpec[]): Chains {
  const ports = [...guarded].sort((a, b) => (a.port_id < b.port_id ? -1 : 1));
  const chains: Chains = { PREROUTING: [] };
  for (const spec of ports) {
    const tap = tapOf(spec.port_id);
    const [macChain, arpChain] = [`neutronMAC-${tap}`, `neutronARP-${tap}`];
    const macs = [spec, ...spec.allowed_address_pairs].map(({ mac_address }) => mac_address.toLowerCase());
    chains.PREROUTING!.push(`-i ${tap} -j ${macChain}`);
    // Not `--among-src`: newer kernels do not delete such a rule.
    chains[macChain] = [...[...new Set(macs)].map((mac) => `-s ${mac} -i ${tap} -j RETURN`), '-j DROP'];
    const claims = arpClaims(spec);
    if (claims === undefined) continue;
    chains.PREROUTING!.push(`-p ARP -i ${tap} -j ${arpChain}`);
    chains[arpChain] = [...claims.map((claim) => `-p ARP --arp-ip-src ${claim} -j ACCEPT`), '-j DROP'];
  }
  return chains;
}

/** Addresses that a port may name as its own; undefined: any. */
function arpClaims({ fixed_ips, allowed_address_pairs }: DeviceSpec): string[] | undefined {
  const named = [...fixed_ips, ...allowed_address_pairs].map(({ ip_address }) => ip_address);
  const claims = named
    .filter((address) => familyOf(address.split('/')[0]!) === 4)
    .map((address) => {
      const cidr = parseCidr(address);
      return cidr === undefined ? address : formatCidr(cidr).replace(/\/32$/, '');
    });
  return claims.some((claim) => claim.endsWith('/0')) ? undefined : [...new Set(claims)];
}
