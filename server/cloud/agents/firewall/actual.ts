// What the host has of the firewall now: rules, sets of addresses, and whether bridged frames pass by the rules.
import { readIpsets, type IpSet } from '../../../host/ipset.ts';
import { readTables, type Tables } from '../../../host/iptables.ts';
import { readSysctl } from '../../../host/sysctl.ts';

export interface FirewallActual {
  /** IPv6 only where the node speaks it. */
  tables: { 4: Tables; 6?: Tables };
  ipsets: Map<string, IpSet>;
  sysctls: Record<string, string | undefined>;
}

/** Keys that make frames between the members of a Linux bridge pass iptables. */
export const bridgeSysctls = ['iptables', 'ip6tables', 'arptables'].map(
  (tool) => `net/bridge/bridge-nf-call-${tool}`,
);

export async function readFirewall(): Promise<FirewallActual> {
  const speaksIpv6 = (await readSysctl('net/ipv6/conf/all/disable_ipv6')) === '0';
  const [tables4, tables6, ipsets, sysctls] = await Promise.all([
    readTables({ family: 4 }),
    speaksIpv6 ? readTables({ family: 6 }) : undefined,
    readIpsets(),
    Promise.all(bridgeSysctls.map(async (key) => [key, await readSysctl(key)] as const)),
  ]);
  return {
    tables: tables6 === undefined ? { 4: tables4 } : { 4: tables4, 6: tables6 },
    ipsets,
    sysctls: Object.fromEntries(sysctls),
  };
}
