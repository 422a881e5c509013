// Starts a lab: network, nodes, wires, cloud. What fails or is interrupted leaves nothing behind.
import { networkInterfaces } from 'node:os';
import type { Engine } from '../engine/engine.ts';
import { EngineRefused } from '../engine/failures.ts';
import { packTar, type TarEntry } from '../engine/tar.ts';
import type { EngineFacts } from '../engine/types.ts';
import { addressLines, bridgeLines, wireLines, wiresText } from './wires.ts';
import { claimLab } from './claim.ts';
import { createCloudClient, type CloudAddress } from './cloud-client.ts';
import { configFiles, readTemplates, type Templates } from './config-files.ts';
import { destroyLab } from './destroy.ts';
import type { LabEvent, OnLabEvent } from './events.ts';
import { ensureGuestVolume, guestMount } from './guest-volume.ts';
import { takeLeftNetwork } from './left-networks.ts';
import { LabExists, LabLeftBehind, LabStartFailed } from './failures.ts';
import { listLabs, type LabStatus } from './list.ts';
import { readNodeLogs } from './node-logs.ts';
import {
  containerName,
  entryLabel,
  kindLabel,
  labLabel,
  networkName,
  nodeLabel,
  warmLabel,
  wiresLabel,
} from './names.ts';
import { profileOf } from './node-profile.ts';
import { waitForCloud } from './readiness.ts';
import { makeSecrets } from './secrets.ts';
import { checkLabName, type LabImages, type LabSpec, type NodeSpec } from './spec.ts';
import { addressesIn, freeSubnets } from './subnets.ts';
import { watchNodes, type NodeWatch } from './watch-nodes.ts';

export interface StartOptions {
  images: LabImages;
  /** The repository's `images` folder, where the configuration templates are. */
  imagesFolder: string;
  onEvent: OnLabEvent;
  signal: AbortSignal;
  /** Whether to wait for the cloud; without it the lab counts as started when its nodes are wired. */
  isCloudAwaited: boolean;
  /** The appliance that keeps it ready for somebody who has yet to ask. */
  warmOf?: string;
  /** Told the files of every node before it starts; they hold the lab's secrets. */
  onFiles?: (files: Record<string, TarEntry[]>) => Promise<void>;
}

interface Plan {
  spec: LabSpec;
  facts: EngineFacts;
  addresses: Record<string, string>;
  secrets: Record<string, string>;
  templates: Record<string, Templates>;
}

const wiredWithinMs = 20_000;
const cloudWithinMs = 90_000;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Makes the management network; its name is the lock against a second lab of the same name. */
async function createManagementNetwork(
  engine: Engine,
  spec: LabSpec,
  warmOf: string | undefined,
): Promise<string> {
  const label = `${labLabel}=${spec.name}`;
  if ((await engine.listContainers(label)).length > 0) throw new LabExists(spec.name);
  const networks = await engine.listNetworks();
  const before = networks.find((network) => network.name === networkName(spec.name));
  if (before !== undefined) {
    const [subnet] = before.subnets;
    const isTaken = subnet === undefined || !(await takeLeftNetwork(engine, before.id));
    if (isTaken) throw new LabExists(spec.name);
    // its labels are those of the lab that it was made for
    if (before.labels[warmLabel] !== undefined && warmOf === undefined)
      await claimLab(engine, spec.name, spec.entry);
    return subnet;
  }
  const own = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ cidr }) => cidr ?? ''),
  );
  const taken = [...networks.flatMap((network) => network.subnets), ...own];
  for (const subnet of freeSubnets(spec.name, taken)) {
    try {
      const labels = {
        [labLabel]: spec.name,
        [entryLabel]: spec.entry,
        ...(warmOf === undefined ? {} : { [warmLabel]: warmOf }),
      };
      await engine.createNetwork({ name: networkName(spec.name), subnet, mtu: 9000, labels });
      return subnet;
    } catch (error) {
      if (!(error instanceof EngineRefused)) throw error;
      if (error.status === 409) throw new LabExists(spec.name);
      // Taken between the look and the making: the next one.
      if (!/overlap/i.test(error.message)) throw error;
    }
  }
  throw new LabStartFailed(
    'No free management subnet is left. Remove labs that are not needed: patchbay down --all',
  );
}

async function startNode(
  engine: Engine,
  plan: Plan,
  node: NodeSpec,
  { images, onEvent, signal }: StartOptions,
) {
  const { spec, facts, addresses } = plan;
  const lab = spec.name;
  const name = containerName(lab, node.name);
  const profile = profileOf(node.kind, facts);
  onEvent({ kind: 'node', lab, node: node.name, phase: 'creating', detail: 'Creating the container' });
  await engine.createContainer({
    name,
    hostname: node.name,
    image: images[node.kind],
    labels: {
      [labLabel]: lab,
      [nodeLabel]: node.name,
      [kindLabel]: node.kind,
      [wiresLabel]: wiresText(node.wires),
    },
    network: networkName(lab),
    ip: addresses[node.name]!,
    hosts: addresses,
    env: {},
    ...profile,
    mounts: node.kind === 'compute' ? [...profile.mounts, guestMount(images.guest)] : profile.mounts,
  });
  await engine.putFiles(name, packTar(filesOf(plan, node)));
  signal.throwIfAborted();
  onEvent({ kind: 'node', lab, node: node.name, phase: 'starting', detail: 'Starting' });
  await engine.startContainer(name);
  const isUp = await engine.waitForLog(name, { text: 'node is up', timeoutMs: wiredWithinMs, signal });
  signal.throwIfAborted();
  if (!isUp) {
    const exit = await engine.readExit(name);
    const why =
      exit === undefined ? `its wires were not laid within ${wiredWithinMs / 1000} s` : `it ended (${exit})`;
    throw new LabStartFailed(
      `Node '${node.name}' did not start: ${why}.`,
      node.name,
      await readNodeLogs(engine, lab, node.name),
    );
  }
  const wires = Object.keys(node.wires);
  const detail = wires.length > 0 ? `Wired: ${wires.join(', ')}` : 'Up';
  onEvent({ kind: 'node', lab, node: node.name, phase: 'wired', detail });
}

/** Everything that makes a node differ from others of its image. */
function filesOf({ spec, addresses, templates, secrets }: Plan, node: NodeSpec): TarEntry[] {
  const bridges = node.isSwitchSpared ? 'bridges-without-8021q' : 'bridges';
  return [
    ...configFiles(node, { templates: templates[node.kind] ?? {}, secrets, overrides: spec.config }),
    { path: 'etc/patchbay/wires', content: wireLines(spec.nodes, node, addresses) },
    { path: `etc/patchbay/${bridges}`, content: bridgeLines(node) },
    { path: 'etc/patchbay/addresses', content: addressLines(node) },
    { path: 'etc/patchbay/services', content: node.services.map((name) => `${name}\n`).join('') },
  ];
}

async function awaitCloud(engine: Engine, plan: Plan, { onEvent, signal }: StartOptions) {
  const { spec } = plan;
  const lab = spec.name;
  const [status] = await listLabs(engine, lab);
  const client = createCloudClient(status?.endpoints as CloudAddress, plan.secrets.ADMIN_PASS!);
  const onReady = (node: NodeSpec) =>
    onEvent({ kind: 'node', lab, node: node.name, phase: 'ready', detail: 'Its services answer' });
  try {
    await waitForCloud(client, spec.nodes, { timeoutMs: cloudWithinMs, signal, onReady });
  } catch (error) {
    signal.throwIfAborted();
    const message = messageOf(error);
    const culprit = spec.nodes.find(({ name }) => message.includes(`on ${name}`)) ?? spec.nodes[0]!;
    throw new LabStartFailed(message, culprit.name, await readNodeLogs(engine, lab, culprit.name));
  }
}

/**
 * Creates and starts a lab, and answers with its state. Throws LabExists, LabStartFailed, EngineRefused or, when
 * `signal` aborted it, the signal's reason; then everything made for it has been removed. LabLeftBehind says that it
 * could not be.
 */
export async function createLab(engine: Engine, spec: LabSpec, options: StartOptions): Promise<LabStatus> {
  checkLabName(spec.name);
  const lab = spec.name;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  signal.throwIfAborted();
  options.onEvent({ kind: 'lab', lab, phase: 'starting', detail: 'Creating the management network' });
  const facts = await engine.readFacts();
  const subnet = await createManagementNetwork(engine, spec, options.warmOf);
  let watch: NodeWatch | undefined;
  try {
    watch = await watchNodes(engine, lab, (reason) => ending.abort(reason));
    const kinds = [...new Set(spec.nodes.map(({ kind }) => kind))];
    const plan: Plan = {
      spec,
      facts,
      addresses: addressesIn(subnet, spec.nodes.map(({ name }) => name)), // prettier-ignore
      secrets: makeSecrets(),
      templates: Object.fromEntries(
        await Promise.all(
          kinds.map(async (kind) => [kind, await readTemplates(options.imagesFolder, kind)] as const),
        ),
      ),
    };
    await options.onFiles?.(Object.fromEntries(spec.nodes.map((node) => [node.name, filesOf(plan, node)])));
    const onEvent = (event: LabEvent) => {
      watch?.onEvent(event);
      options.onEvent(event);
    };
    const own = { ...options, signal, onEvent };
    if (kinds.includes('compute')) await ensureGuestVolume(engine, options.images.guest, signal);
    const started = await Promise.allSettled(spec.nodes.map((node) => startNode(engine, plan, node, own)));
    signal.throwIfAborted();
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
    if (options.isCloudAwaited) {
      options.onEvent({ kind: 'lab', lab, phase: 'starting', detail: 'Waiting for the APIs and the agents' });
      await awaitCloud(engine, plan, own);
    }
    const [status] = await listLabs(engine, lab);
    if (status === undefined) throw new LabStartFailed(`Lab '${lab}' was removed while it was starting.`);
    options.onEvent({ kind: 'lab', lab, phase: 'ready', detail: 'The lab is ready' });
    return status;
  } catch (error) {
    watch?.stop();
    options.onEvent({ kind: 'lab', lab, phase: 'failed', detail: messageOf(error) });
    await destroyLab(engine, lab, options.onEvent).catch((why: unknown) => {
      throw new LabLeftBehind(lab, messageOf(error), messageOf(why));
    });
    throw error;
  } finally {
    watch?.stop();
  }
}
