// Labs of nodes without a cloud behind them, for tests of the appliance itself.
import type { Engine } from '../../server/appliance/engine/engine.ts';
import { createLab } from '../../server/appliance/labs/create.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import type { LabEvent } from '../../server/appliance/labs/events.ts';
import { exec } from '../../server/appliance/labs/exec.ts';
import { defaultSpec, type LabSpec, type LabImages } from '../../server/appliance/labs/spec.ts';
import { ensureBaseImage } from '../../server/appliance/set-up/base-image.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';

export interface Nodes extends AsyncDisposable {
  name: string;
  events: LabEvent[];
  images: LabImages;
  /** Runs an argument list in a node; answers with its output, and fails the test on another exit code than 0. */
  run(node: string, ...argv: string[]): Promise<string>;
  /** Exit code of an argument list in a node. */
  codeOf(node: string, ...argv: string[]): Promise<number>;
}

async function buildImages(engine: Engine): Promise<LabImages> {
  await ensureBaseImage(engine, () => undefined);
  return ensureNodeImages(engine, { onBuild: () => undefined });
}

/** Starts a lab's nodes with their wires, from `ready` images or from the sources as they are; gone at the end of the test. */
export async function startNodes(
  engine: Engine,
  spec: LabSpec = defaultSpec(`test-${process.pid}`),
  ready?: LabImages,
): Promise<Nodes> {
  const { signal } = new AbortController();
  const images = ready ?? (await buildImages(engine));
  const events: LabEvent[] = [];
  const onEvent = (event: LabEvent) => void events.push(event);
  await createLab(engine, spec, {
    images,
    imagesFolder: folders.images,
    onEvent,
    signal,
    isCloudAwaited: false,
  });
  return {
    name: spec.name,
    events,
    images,
    run: async (node, ...argv) => {
      const { code, stdout, stderr } = await exec(engine, spec.name, node, argv);
      if (code !== 0) throw new Error(`${argv.join(' ')} on ${node}: code ${code}\n${stderr}`);
      return stdout;
    },
    codeOf: async (node, ...argv) => (await exec(engine, spec.name, node, argv)).code,
    [Symbol.asyncDispose]: async () => void (await destroyLab(engine, spec.name)),
  };
}

/** Everything on the engine that bears a lab's label. */
export async function leftOvers(engine: Engine, lab: string): Promise<string[]> {
  const label = `patchbay.lab=${lab}`;
  const found = await Promise.all([
    engine.listContainers(label),
    engine.listNetworks(label),
    engine.listVolumes(label),
  ]);
  return found.flat().map(({ name }) => name);
}

/**
 * Puts a NIC of a node out of the switch and an address on it, so that it can be talked to by itself.
 * The learner's cloud does the opposite; here the wire alone is looked at.
 */
export async function takeNic(nodes: Nodes, node: string, nic: string, address: string): Promise<void> {
  await nodes.codeOf(node, 'sv', 'force-stop', '/etc/service/neutron-openvswitch-agent');
  for (const bridge of ['br-eth1', 'br-ex'])
    await nodes.codeOf(node, 'ovs-vsctl', '--if-exists', 'del-port', bridge, nic);
  await nodes.run(node, 'ip', 'addr', 'replace', address, 'dev', nic);
}
