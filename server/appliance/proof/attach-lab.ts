// Reaches a lab that runs on an engine: its nodes' commands, terminals and APIs.
import { createGround } from './ground.ts';
import type { ProofLab } from './deps.ts';
import { findServer } from '../checks/find.ts';
import { LabBroken } from '../checks/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { Terminal } from '../engine/types.ts';
import type { TerminalStream } from '../http/deps.ts';
import type { Place } from '../http/types.ts';
import { destroyLab } from '../labs/destroy.ts';
import type { OnLabEvent } from '../labs/events.ts';
import { exec, openTerminal } from '../labs/exec.ts';
import { listLabs } from '../labs/list.ts';

const size = { columns: 160, rows: 50 };

/** Attaches to the lab `name`; throws LabBroken when it does not run whole. */
export async function attachLab(engine: Engine, name: string, onEvent?: OnLabEvent): Promise<ProofLab> {
  const [status] = await listLabs(engine, name);
  if (status === undefined) throw new LabBroken(`there is no lab '${name}'`);
  const { identity, network, compute, image } = status.endpoints;
  if (identity === undefined || network === undefined || compute === undefined || image === undefined)
    throw new LabBroken(`the controller of lab '${name}' publishes no APIs`);
  const lab: ProofLab = {
    id: name,
    nodeNames: status.nodes.map((node) => node.name),
    runInNode: (node, argv, options) => exec(engine, name, node, argv, options),
    openTerminal: async (place) => {
      const { node, argv } = await shellAt(lab, place);
      const cells = { cols: size.columns, rows: size.rows };
      return asStream(await openTerminal(engine, name, node, argv, cells));
    },
    endpoints: { identity, network, compute, image },
    destroy: async () => void (await destroyLab(engine, name, onEvent)),
  };
  return lab;
}

/** The node and the argument list of a login shell at a place. */
export async function shellAt(
  lab: Pick<ProofLab, 'nodeNames' | 'runInNode' | 'endpoints'>,
  place: Place,
): Promise<{ node: string; argv: string[] }> {
  const [kind, first = '', second = ''] = place.split(':');
  if (kind === 'netns') return { node: first, argv: ['ip', 'netns', 'exec', second, 'bash', '-l'] };
  if (kind !== 'vm') return { node: place, argv: ['bash', '-l'] };
  const server = await findServer(createGround(lab).get, first);
  // without a command it is the login shell of the instance's user
  return { node: String(server['OS-EXT-SRV-ATTR:host']), argv: ['guest-exec', String(server['id'])] };
}

function asStream({ stream, resize, close }: Terminal): TerminalStream {
  return {
    onOutput: (listener) => void stream.on('data', listener),
    onEnd: (listener) => {
      stream.once('close', () => listener('the terminal was closed'));
    },
    write: (data) => void stream.write(data),
    resize: (columns, rows) => void resize({ cols: columns, rows }).catch(() => undefined),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close,
  };
}
