// An instance that runs on compute1 of two hosts, as the Compute API and the hosts' agents know it.
import { allocatePorts } from '../../server/cloud/agents/compute/ports.ts';
import type { InstanceSpec } from '../../server/cloud/model/instance.ts';
import { computeServer, type ComputeServer } from './compute.ts';
import { makeNetwork } from './networking.ts';

export interface RunningInstance {
  cloud: ComputeServer;
  id: string;
  /** What a host is told of it. */
  specAt(host: string): Promise<InstanceSpec | null>;
  /** Has a host say that it runs there. */
  runsOn(host: string): Promise<void>;
}

/** Makes it; the cloud is the caller's to end, and remembers no message sent before. */
export async function runningInstance(): Promise<RunningInstance> {
  const cloud = await computeServer();
  await cloud.networking.agentsOn('compute1');
  await cloud.networking.agentsOn('compute2');
  await cloud.hostsUp('compute1', 'compute2');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const { body } = await cloud.member('POST', '/v2.1/servers', {
    server: { name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network.id }] },
  });
  const id: string = body.server.id;
  const specAt = (host: string) => cloud.conductor.instance_get({ uuid: id, host });
  const runsOn = (host: string) =>
    cloud.conductor.instance_update({ uuid: id, host, vm_state: 'active', task_state: null, power_state: 1 });
  const network_info = await allocatePorts(cloud.session, (await specAt('compute1'))!, 'compute1');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', network_info });
  await runsOn('compute1');
  cloud.casts.length = 0;
  return { cloud, id, specAt, runsOn };
}
