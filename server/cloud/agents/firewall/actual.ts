// What the host has of the firewall now: rules, sets of addresses, and whether bridged frames pass by the rules.
import { ipsetsPrint, readIpsets, type IpSet } from '../../../host/ipset.ts';
import { readTables, tablesPrint, type Tables } from '../../../host/iptables.ts';
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
  const hasIpv6 = await speaksIpv6();
  const [tables4, tables6, ipsets, sysctls] = await Promise.all([
    readTables({ family: 4 }),
    hasIpv6 ? readTables({ family: 6 }) : undefined,
    readIpsets(),
    readBridgeSysctls(),
  ]);
  return {
    tables: tables6 === undefined ? { 4: tables4 } : { 4: tables4, 6: tables6 },
    ipsets,
    sysctls: Object.fromEntries(sysctls),
  };
}

/** All of it as text to compare with an earlier one. */
export async function firewallPrint(): Promise<string> {
  const hasIpv6 = await speaksIpv6();
  const parts = await Promise.all([
    tablesPrint({ family: 4 }),
    hasIpv6 ? tablesPrint({ family: 6 }) : '',
    ipsetsPrint(),
    readBridgeSysctls().then((sysctls) => JSON.stringify(sysctls)),
  ]);
  return parts.join('\n--\n');
}

/** The kernel can; that the node itself keeps to IPv4 (`disable_ipv6`) does not keep its guests from speaking IPv6 across the bridges. */
const speaksIpv6 = async () => (await readSysctl('net/ipv6/conf/all/disable_ipv6')) !== undefined;

const readBridgeSysctls = () =>
  Promise.all(bridgeSysctls.map(async (key) => [key, await readSysctl(key)] as const));
