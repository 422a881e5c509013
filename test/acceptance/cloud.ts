// A cloud for the acceptance tests: of the shape that a suite is about, with a container of real clients beside it.
import {
  acceptanceClouds,
  acceptanceLabPrefix,
  type AcceptanceCloud,
} from '../../server/appliance/cli/acceptance-suites.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';
import { signIn, type CloudClient } from '../bench/cloud-admin.ts';
import { startClient, type ClientContainer } from '../support/cloud/client-container.ts';
import { externalNetwork, startLab, type RunningLab } from '../support/cloud/running-cloud.ts';
import type { TempestCloud } from './tempest/configuration.ts';

export interface ClientCloud extends RunningLab {
  admin: CloudClient;
  client: ClientContainer;
}

/** Room for a project's networks that the lab's own settings do not leave. */
const config = [
  {
    ...{ node: 'controller', file: '/etc/neutron/plugins/ml2/ml2_conf.ini', section: 'ml2_type_vlan' },
    ...{ option: 'network_vlan_ranges', value: 'physnet1,physnet2:101:199' },
  },
];

export async function startClientCloud(name: AcceptanceCloud): Promise<ClientCloud> {
  const { types, ...shape } = acceptanceClouds[name];
  const running = await startLab(`${acceptanceLabPrefix}${name}`, { ...shape, types: [...types], config });
  try {
    const { engine, lab } = running;
    const { client: image } = await ensureNodeImages(engine, {
      onBuild: () => undefined,
      asked: ['client'],
    });
    const [admin, client] = await Promise.all([
      signIn(lab, 'openrc-admin'),
      startClient(engine, lab.id, image),
    ]);
    return { ...running, admin, client };
  } catch (error) {
    await running.release();
    throw error;
  }
}

/** What Tempest is told of a cloud; it gets its external network now. */
export async function tempestCloudOf({ admin, client }: ClientCloud): Promise<TempestCloud> {
  const [{ images }, { flavors }, publicId] = await Promise.all([
    admin.send<{ images: { id: string }[] }>('image', 'GET', '/v2/images?name=cirros'),
    admin.send<{ flavors: { id: string; name: string }[] }>('compute', 'GET', '/v2.1/flavors'),
    externalNetwork(admin),
  ]);
  const flavor = (name: string) => flavors.find((one) => one.name === name)!.id;
  return {
    ...{ credentials: client.credentials, publicId, publicName: 'public01', imageId: images[0]!.id },
    ...{ flavorId: flavor('m1.tiny'), biggerFlavorId: flavor('m1.small') },
  };
}

/** Id of a project of the default domain, which is made where there is none. */
export async function projectId(admin: CloudClient, name: string): Promise<string> {
  const path = '/v3/projects';
  type Project = { id: string };
  const { projects } = await admin.send<{ projects: Project[] }>('identity', 'GET', `${path}?name=${name}`);
  if (projects[0] !== undefined) return projects[0].id;
  const project = { name, domain_id: 'default' };
  return (await admin.send<{ project: Project }>('identity', 'POST', path, { project })).project.id;
}
