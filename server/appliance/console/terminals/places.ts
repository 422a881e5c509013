// Shells at the places of a lab: on a node, in an instance, in a namespace of a node. Their programs live in the nodes, and
// so does all there is to know of them.
import type { Engine } from '../../engine/engine.ts';
import type { LabService, TerminalProcess } from '../../http/deps.ts';
import type { TerminalState } from '../../http/types.ts';
import { listLabs } from '../../labs/list.ts';
import { containerName } from '../../labs/names.ts';
import { attachLab, shellAt } from '../../proof/attach-lab.ts';
import { joinNodeTerminal, listNodeTerminals, openNodeTerminal } from './node-terminal.ts';

/** What a node remembers of a terminal for an appliance that comes later. */
type About = Omit<TerminalState, 'id'> & { openedAt: number };

interface Remembered {
  state: TerminalState;
  process: TerminalProcess;
  /** Milliseconds since 1970. */
  openedAt: number;
}

export function createTerminalPlaces(engine: Engine): Pick<LabService, 'openTerminal' | 'joinTerminals'> {
  const joinNode = async (container: string) => {
    const found = await listNodeTerminals(engine, container);
    const joined = found.map(async ({ id, about }): Promise<Remembered[]> => {
      const process = await joinNodeTerminal(engine, container, id).catch(() => undefined);
      const { place, title, openedAt } = about as About;
      // it may have ended between the list and now
      return process === undefined ? [] : [{ state: { id, place, title }, process, openedAt }];
    });
    return (await Promise.all(joined)).flat();
  };

  return {
    async openTerminal(id, state, size) {
      const lab = await attachLab(engine, id);
      const { node, argv } = await shellAt(lab, state.place);
      if (!lab.nodeNames.includes(node))
        throw new Error(`There is no node '${node}'. Nodes: ${lab.nodeNames.join(', ')}.`);
      const [kind, , namespace = ''] = state.place.split(':');
      if (kind === 'netns') await demandNamespace(engine, containerName(id, node), node, namespace);
      const { place, title } = state;
      const wanted = { id: state.id, argv, ...size, about: { place, title, openedAt: Date.now() } };
      return openNodeTerminal(engine, containerName(id, node), wanted);
    },
    async joinTerminals(id) {
      const [lab] = await listLabs(engine, id);
      const nodes = (lab?.nodes ?? []).filter(({ state }) => state === 'running');
      const found = await Promise.all(nodes.map(({ name }) => joinNode(containerName(id, name))));
      return found.flat().toSorted((one, other) => one.openedAt - other.openedAt);
    },
  };
}

async function demandNamespace(
  engine: Engine,
  container: string,
  node: string,
  namespace: string,
): Promise<void> {
  const { code, stdout, stderr } = await engine.exec(container, ['ls', '/run/netns']);
  // without a namespace there is no folder either: ls says so with code 2
  if (code !== 0 && code !== 2)
    throw new Error(`Node ${node} runs no commands: ${stderr.trim() || stdout.trim()}`);
  const names = (code === 0 ? stdout : '').split('\n').filter((name) => name !== '');
  if (!names.includes(namespace))
    throw new Error(
      `There is no namespace '${namespace}' on ${node}. There are: ${names.join(', ') || 'none'}.`,
    );
}
