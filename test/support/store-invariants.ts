// What must be true of the Networking server's rows, whatever was killed and when: nothing half-made.
import * as tables from '../../server/cloud/store/networking-tables.ts';
import { openStore } from '../../server/cloud/store/store.ts';

/** What is wrong in a database, in sentences; it may be in use. */
export async function breachesIn(databaseUrl: string): Promise<string[]> {
  const store = await openStore(databaseUrl, tables.networkingSchema);
  try {
    const { read } = store;
    const [networks, subnets, ports, allocations, segments, floatingips, bindings, owed] = await Promise.all([
      read.all(tables.networks),
      read.all(tables.subnets),
      read.all(tables.ports),
      read.all(tables.ipAllocations),
      read.all(tables.segmentAllocations),
      read.all(tables.floatingips),
      read.all(tables.groupBindings),
      read.all(tables.changeLog),
    ]);
    const has = (rows: readonly { id: string }[]) => {
      const ids = new Set(rows.map(({ id }) => id));
      return (id: string) => ids.has(id);
    };
    const [isNetwork, isSubnet, isPort] = [has(networks), has(subnets), has(ports)];
    const count = (values: readonly string[]) => Map.groupBy(values, (value) => value);
    const addressesOf = count(allocations.map(({ port_id }) => port_id));
    const groupsOf = count(bindings.map(({ port_id }) => port_id));
    const segmentsOf = count(segments.map(({ network_id }) => network_id));
    const breaches: string[] = [];
    const say = (rows: readonly unknown[], what: string) =>
      breaches.push(...rows.map((row) => `${what}: ${JSON.stringify(row)}`));
    say(
      ports.filter(({ id }) => !addressesOf.has(id)),
      'port without address',
    );
    say(
      ports.filter(({ id, device_owner }) => device_owner === '' && !groupsOf.has(id)),
      'port without security group',
    );
    say(
      ports.filter(({ network_id }) => !isNetwork(network_id)),
      'port without network',
    );
    say(
      allocations.filter(({ port_id, subnet_id }) => !isPort(port_id) || !isSubnet(subnet_id)),
      'address without port or subnet',
    );
    say(
      segments.filter(({ network_id }) => !isNetwork(network_id)),
      'segment without network',
    );
    say(
      networks.filter(({ id }) => segmentsOf.get(id)?.length !== 1),
      'network without its one segment',
    );
    say(
      subnets.filter(({ network_id }) => !isNetwork(network_id)),
      'subnet without network',
    );
    const owners = new Set(floatingips.map(({ id }) => id));
    const holders = ports.filter(({ device_owner }) => device_owner === 'network:floatingip');
    say(
      holders.filter(({ device_id }) => !owners.has(device_id)),
      'port of no floating IP',
    );
    say(
      floatingips.filter(({ id }) => !holders.some(({ device_id }) => device_id === id)),
      'floating IP without port',
    );
    say(owed, 'change whose messages were not sent');
    return breaches;
  } finally {
    await store.close();
  }
}
