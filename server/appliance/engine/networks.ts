// Networks and volumes of the engine.
import type Docker from 'dockerode';
import { asking, EngineRefused, unlessMissing } from './failures.ts';
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

/** Removes a network, from under an appliance in a container that is a member of it too. */
export async function removeNetwork(docker: Docker, name: string): Promise<void> {
  const network = docker.getNetwork(name);
  const remove = () => unlessMissing(asking(`Removing the network ${name}`, network.remove()));
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof EngineRefused) || !/active endpoints/.test(error.message)) throw error;
    const { Containers } = (await network.inspect()) as { Containers?: Record<string, unknown> };
    for (const Container of Object.keys(Containers ?? {}))
      await unlessMissing(
        asking(`Leaving the network ${name}`, network.disconnect({ Container, Force: true })),
      );
    await remove();
  }
}

/** Networks that carry the labels; with none given, all there are. */
export async function listNetworks(docker: Docker, labels: string[]): Promise<NetworkInfo[]> {
  const found = await asking('Listing networks', docker.listNetworks({ filters: { label: labels } }));
  return found.map((one) => ({
    id: one.Id,
    name: one.Name,
    labels: one.Labels ?? {},
    subnets: (one.IPAM?.Config ?? []).map((config) => config.Subnet ?? '').filter((subnet) => subnet !== ''),
  }));
}

export async function listVolumes(docker: Docker, labels: string[]): Promise<NamedThing[]> {
  const { Volumes } = await asking('Listing volumes', docker.listVolumes({ filters: { label: labels } }));
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

export const removeVolume = (docker: Docker, name: string) =>
  unlessMissing(asking(`Removing the volume ${name}`, docker.getVolume(name).remove({ force: true })));
