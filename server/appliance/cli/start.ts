// patchbay start: a cloud without a console and without steps.
import type { Command } from 'commander';
import { createLab } from '../labs/create.ts';
import {
  mechanisms,
  mostComputes,
  mostNetworks,
  nodeNamesOf,
  tenantTypes,
  usualShape,
  type CloudShape,
} from '../labs/cloud-shape.ts';
import { defaultSpec } from '../labs/spec.ts';
import { folders } from '../set-up/folders.ts';
import { interruptible } from './interrupt.ts';
import { createLabProgress } from './progress.ts';
import { openEngine, prepareImages } from './ready-engine.ts';
import { UsageError } from './usage-error.ts';

interface StartWishes {
  computes: string;
  networks: string;
  mechanism: string;
  types: string;
  l2population?: boolean;
  dvr?: boolean;
  ha?: boolean;
  spareWire?: boolean;
  metering?: boolean;
  nodesOnly?: boolean;
}

function countOf(text: string, what: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UsageError(`'${text}' ${what} nodes cannot be had; the number is from 1 to ${most}.`);
}

function wordOf<Word extends string>(text: string, what: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`There is no ${what} '${text}'. There are: ${words.join(', ')}.`);
}

/** `linuxbridge` for all nodes, or `compute3=linuxbridge,compute4=linuxbridge` for some. */
function mechanismsOf(text: string): Pick<CloudShape, 'mechanism' | 'mechanismOf'> {
  if (!text.includes('=')) return { mechanism: wordOf(text, 'mechanism', mechanisms), mechanismOf: {} };
  const pairs = text.split(',').map((pair) => pair.split('=') as [string, string]);
  return {
    mechanism: usualShape.mechanism,
    mechanismOf: Object.fromEntries(
      pairs.map(([node, word = '']) => [node, wordOf(word, 'mechanism', mechanisms)]),
    ),
  };
}

function shapeOf(wishes: StartWishes): CloudShape {
  const shape: CloudShape = {
    ...usualShape,
    computeCount: countOf(wishes.computes, 'compute', mostComputes),
    networkCount: countOf(wishes.networks, 'network', mostNetworks),
    ...mechanismsOf(wishes.mechanism),
    types: wishes.types.split(',').map((type) => wordOf(type, 'type of network', tenantTypes)),
    isL2Populated: wishes.l2population === true,
    isDistributed: wishes.dvr === true,
    isHighlyAvailable: wishes.ha === true,
    isSpareWired: wishes.spareWire === true,
    isMetered: wishes.metering === true,
  };
  for (const node of Object.keys(shape.mechanismOf)) wordOf(node, 'node', nodeNamesOf(shape));
  return shape;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start a cloud without steps: a controller, network nodes, compute nodes, the outside')
    .argument('<name>', "the new lab's name")
    .option('--computes <n>', 'compute nodes', '2')
    .option('--networks <n>', 'network nodes', '1')
    .option(
      '--mechanism <word>',
      'openvswitch, linuxbridge, or compute2=linuxbridge,... for some nodes',
      'openvswitch',
    )
    .option('--types <list>', "types of tenants' networks: local, vlan, gre, vxlan", 'vlan')
    .option('--l2population', 'tell the nodes where every port is')
    .option('--dvr', 'distributed routers')
    .option('--ha', 'highly available routers')
    .option('--spare-wire', 'a second data network, physnet3 on eth2')
    .option('--metering', 'metering agents beside the routers')
    .option('--nodes-only', 'do not wait for the cloud to answer')
    .addHelpText('after', '\nExample:\n  patchbay start play && patchbay shell play controller')
    .action(async (name: string, options: StartWishes) => {
      const shape = shapeOf(options);
      const engine = await openEngine();
      await interruptible(async (signal) => {
        const images = await prepareImages(engine, signal);
        const spec = defaultSpec(name, shape);
        const isCloudAwaited = options.nodesOnly !== true;
        const onEvent = createLabProgress();
        await createLab(engine, spec, {
          images,
          imagesFolder: folders.images,
          onEvent,
          signal,
          isCloudAwaited,
        });
      });
    });
}
