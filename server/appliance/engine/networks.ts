// Networks and volumes of the engine.
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { asking, askingSoon, EngineRefused, unlessMissing } from './failures.ts';
import type { NamedThing, NetworkInfo, NetworkSpec } from './types.ts';

/** A bridge whose containers reach each other and the host, and nothing else: nobody translates their addresses. */
export async function createNetwork(docker: Docker, spec: NetworkSpec): Promise<void> {
  await asking(
    `Creating the network ${spec.name}`,
    docker.createNetwork({
      Name: spec.name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: spec.labels,
      IPAM: { Driver: 'default', Config: [{ Subnet: spec.subnet }] },
      Options: {
        'com.docker.network.driver.mtu': String(spec.mtu),
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
      },
    }),
  );
}

/** Ids of the containers that are members of a network. */
async function membersOf(network: Docker.Network): Promise<string[]> {
  const { Containers } = (await network.inspect()) as { Containers?: Record<string, unknown> };
  return Object.keys(Containers ?? {});
}

/** A container whose end is under way leaves within this. */
const leaving = { tries: 5, everyMs: 400 };

/**
 * Removes a network, from under an appliance in a container that is a member of it too. False when the engine keeps it:
 * Docker sometimes miscounts the members of a network whose containers all went at once, and refuses until it is started anew.
 */
export async function removeNetwork(docker: Docker, name: string): Promise<boolean> {
  const network = docker.getNetwork(name);
  const isRemoved = () =>
    unlessMissing(asking(`Removing the network ${name}`, network.remove())).then(
      () => true,
      (error: unknown) => {
        if (error instanceof EngineRefused && /active endpoints/.test(error.message)) return false;
        throw error;
      },
    );
  for (let attempt = 1; !(await isRemoved()); attempt++) {
    const members = await membersOf(network).catch(() => []);
    if (members.length === 0 && attempt > 1) return false;
    if (attempt > leaving.tries) {
      throw new EngineRefused(`Removing the network ${name}`, 403, `${members.join(', ')} did not leave it`);
    }
    for (const Container of members)
      await unlessMissing(
        asking(`Leaving the network ${name}`, network.disconnect({ Container, Force: true })),
      );
    await delay(leaving.everyMs);
  }
  return true;
}

/** Networks that carry the labels; with none given, all there are. */
export async function listNetworks(docker: Docker, labels: string[]): Promise<NetworkInfo[]> {
  const found = await askingSoon('Listing networks', docker.listNetworks({ filters: { label: labels } }));
  return found.map((one) => ({
    id: one.Id,
    name: one.Name,
    labels: one.Labels ?? {},
    subnets: (one.IPAM?.Config ?? []).map((config) => config.Subnet ?? '').filter((subnet) => subnet !== ''),
  }));
}

export async function listVolumes(docker: Docker, labels: string[]): Promise<NamedThing[]> {
  const { Volumes } = await askingSoon('Listing volumes', docker.listVolumes({ filters: { label: labels } }));
  return (Volumes ?? []).map((one) => ({ id: one.Name, name: one.Name, labels: one.Labels ?? {} }));
}

/** An empty volume of the engine's own driver; one that is there already stays as it is. */
export async function createVolume(
  docker: Docker,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  await asking(`Creating the volume ${name}`, docker.createVolume({ Name: name, Labels: labels }));
}

/** Nothing happens when it is gone, or in use. */
export const removeVolume = (docker: Docker, name: string) =>
  unlessMissing(asking(`Removing the volume ${name}`, docker.getVolume(name).remove({ force: true })));
