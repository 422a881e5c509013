// What a network namespace holds now, read from the kernel in a few processes at once.
import { parseAddresses } from '../../host/address.ts';
import { readIpBatch } from '../../host/ip.ts';
import { readTables } from '../../host/iptables.ts';
import { parseLinks } from '../../host/link.ts';
import { listNetns } from '../../host/netns.ts';
import { parseNeighbours } from '../../host/neighbour.ts';
import { readOvsPorts, type OvsPort } from '../../host/ovs-ports.ts';
import { parseRoutes } from '../../host/route.ts';
import { parseRules } from '../../host/rule.ts';
import { readSysctls } from '../../host/sysctl.ts';
import type { FoundNamespace, Ownership } from './namespace-plan.ts';
import { readOuterEnds } from './namespace-veth.ts';

/** Reads the namespace; `sysctls` are the keys that matter, `portsRead` the bridges' ports where they are being read already. */
export async function readNamespace(
  { ns }: Pick<Ownership, 'ns'>,
  sysctls: readonly string[],
  portsRead: Promise<ReadonlyMap<string, OvsPort>> = readOvsPorts(),
  { withIp6tables = false } = {},
): Promise<FoundNamespace> {
  portsRead.catch(() => undefined);
  if (ns !== undefined && !(await listNetns()).includes(ns))
    return {
      exists: false,
      links: [],
      addresses: [],
      routes: [],
      rules: [],
      neighbours: [],
      sysctls: {},
      tables: {},
      ports: await portsRead,
      outerEnds: await readOuterEnds(),
    };
  const inside = ns === undefined ? {} : { ns };
  const [[links = [], routes = [], rules = [], neighbours = []], tables, tables6, values, ports, outerEnds] =
    await Promise.all([
      readIpBatch(
        [
          ['address', 'show'],
          // Of one table `ip` shows IPv4 routes only.
          ['route', 'show', 'table', 'all'],
          ['rule', 'show'],
          ['neighbour', 'show', 'nud', 'permanent'],
        ],
        ns,
      ),
      readTables(inside),
      withIp6tables ? readTables({ ...inside, family: 6 }) : undefined,
      readSysctls(sysctls, ns),
      portsRead,
      readOuterEnds(),
    ]);
  return {
    exists: true,
    links: parseLinks(links),
    addresses: parseAddresses(links),
    routes: parseRoutes(routes),
    rules: parseRules(rules),
    neighbours: parseNeighbours(neighbours),
    sysctls: values,
    tables,
    ...(tables6 === undefined ? {} : { tables6 }),
    ports,
    outerEnds,
  };
}
