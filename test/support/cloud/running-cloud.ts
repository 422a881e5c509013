// A whole cloud for tests of the data plane: started in the shape asked for, with an external network and two tenants.
import { createLab } from '../../../server/appliance/labs/create.ts';
import type { CloudShape } from '../../../server/appliance/labs/cloud-shape.ts';
import { listLabs } from '../../../server/appliance/labs/list.ts';
import { defaultSpec } from '../../../server/appliance/labs/spec.ts';
import { attachLab } from '../../../server/appliance/proof/attach-lab.ts';
import type { ProofLab } from '../../../server/appliance/proof/deps.ts';
import { connectEngine, type Engine } from '../../../server/appliance/engine/engine.ts';
import { folders } from '../../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../../server/appliance/set-up/node-images.ts';
import { signIn, signInAs, type CloudClient } from '../../bench/cloud-admin.ts';

export interface RunningCloud extends AsyncDisposable {
  lab: ProofLab;
  admin: CloudClient;
  /** The external network: flat on physnet1, 10.64.201.0/24. */
  publicId: string;
  imageId: string;
  flavorId: string;
  /** Runs an argument list in a node; answers with its output and throws on another exit code than 0. */
  run(node: string, ...argv: string[]): Promise<string>;
}

/** A lab that runs, and how it ends. */
export interface RunningLab {
  engine: Engine;
  lab: ProofLab;
  release: () => Promise<void>;
}

/**
 * Starts a lab of a shape. `PATCHBAY_TEST_CLOUD=NAME` takes one that runs already and leaves it running, for trying a test
 * again.
 */
export async function startLab(name: string, shape: Partial<CloudShape>): Promise<RunningLab> {
  const engine = await connectEngine(process.env);
  const kept = process.env.PATCHBAY_TEST_CLOUD;
  if (kept === undefined) {
    const images = await ensureNodeImages(engine, { onBuild: () => undefined });
    await createLab(engine, defaultSpec(name, shape), {
      ...{ images, imagesFolder: folders.images, isCloudAwaited: true },
      ...{ onEvent: () => undefined, signal: new AbortController().signal },
    });
  } else if ((await listLabs(engine, kept)).length === 0) throw new Error(`There is no lab '${kept}'`);
  const lab = await attachLab(engine, kept ?? name);
  return { engine, lab, release: () => (kept === undefined ? lab.destroy() : Promise.resolve()) };
}

/** Starts a cloud and gives it its external network. */
export async function startCloud(name: string, shape: Partial<CloudShape>): Promise<RunningCloud> {
  const { lab, release } = await startLab(name, shape);
  try {
    const admin = await signIn(lab, 'openrc-admin');
    const [{ images }, { flavors }] = await Promise.all([
      admin.send<{ images: { id: string }[] }>('image', 'GET', '/v2/images?name=cirros'),
      admin.send<{ flavors: { id: string; name: string }[] }>('compute', 'GET', '/v2.1/flavors'),
    ]);
    return {
      ...{ lab, admin, publicId: await externalNetwork(admin), imageId: images[0]!.id },
      flavorId: flavors.find((flavor) => flavor.name === 'm1.tiny')!.id,
      run: async (node, ...argv) => {
        const { code, stdout, stderr } = await lab.runInNode(node, argv, { timeoutMs: 60_000 });
        if (code !== 0) throw new Error(`${argv.join(' ')} on ${node}: code ${code}\n${stdout}${stderr}`);
        return stdout;
      },
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Id of the cloud's external network, which is made where there is none: flat on physnet1, 10.64.201.0/24. */
export async function externalNetwork(admin: CloudClient): Promise<string> {
  const { networks } = await admin.send<{ networks: { id: string }[] }>(
    'network',
    'GET',
    '/v2.0/networks?router:external=True',
  );
  if (networks[0] !== undefined) return networks[0].id;
  const network = {
    ...{ name: 'public01', 'router:external': true, 'provider:network_type': 'flat' },
    'provider:physical_network': 'physnet1',
  };
  const made = await admin.send<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', {
    network,
  });
  const subnet = {
    ...{ network_id: made.network.id, ip_version: 4, cidr: '10.64.201.0/24', gateway_ip: '10.64.201.254' },
    ...{ enable_dhcp: false, allocation_pools: [{ start: '10.64.201.10', end: '10.64.201.250' }] },
  };
  await admin.send('network', 'POST', '/v2.0/subnets', { subnet });
  return made.network.id;
}

/** A project of its own with a user who is its administrator, and a default security group that lets pings and TCP in. */
export async function openTenant({ lab, admin }: RunningCloud, project: string): Promise<CloudClient> {
  const password = 'test-only';
  const find = async <Row>(plural: string, name: string) =>
    (await admin.send<Record<string, Row[]>>('identity', 'GET', `/v3/${plural}?name=${name}`))[plural]![0];
  if ((await find('projects', project)) === undefined) {
    const made = await admin.send<{ project: { id: string } }>('identity', 'POST', '/v3/projects', {
      project: { name: project, domain_id: 'default' },
    });
    const { user } = await admin.send<{ user: { id: string } }>('identity', 'POST', '/v3/users', {
      user: { name: project, password, domain_id: 'default' },
    });
    const role = await find<{ id: string }>('roles', 'admin');
    const grant = `/v3/projects/${made.project.id}/users/${user.id}/roles/${role!.id}`;
    await admin.send('identity', 'PUT', grant);
  }
  const client = await signInAs(lab, { user: project, password, project });
  const { security_groups } = await client.send<{
    security_groups: { id: string; security_group_rules: { protocol: string | null }[] }[];
  }>('network', 'GET', `/v2.0/security-groups?name=default&tenant_id=${client.projectId}`);
  const [group] = security_groups;
  for (const protocol of ['icmp', 'tcp'])
    if (group!.security_group_rules.every((rule) => rule.protocol !== protocol))
      await client.send('network', 'POST', '/v2.0/security-group-rules', {
        security_group_rule: {
          ...{ security_group_id: group!.id, tenant_id: client.projectId, direction: 'ingress', protocol },
        },
      });
  return client;
}
