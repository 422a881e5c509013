// Flows of pings, ten in a second, that run while something is broken or restarted; and how many were not answered.
import type { RunningCloud } from './running-cloud.ts';

export interface Flow {
  name: string;
  node: string;
  /** Argument list in front of ping: into an instance or a namespace. */
  prefix?: string[];
  to: string;
}

const perSecond = 10;

/** A flow from an instance. */
export const fromInstance = (
  { id, host, name }: { id: string; host: string; name: string },
  to: string,
): Flow => ({ name: `${name} to ${to}`, node: host, prefix: ['guest-exec', '-r', id], to });

/** Runs `action` a second after the flows began and answers with the unanswered pings of each, by name. */
export async function lossesWhile(
  { lab }: RunningCloud,
  flows: Flow[],
  seconds: number,
  action: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const runs = flows.map(async ({ name, node, prefix = [], to }) => {
    const count = String(seconds * perSecond);
    const argv = [...prefix, 'ping', '-q', '-i', String(1 / perSecond), '-c', count, '-W', '3', to];
    const { stdout } = await lab.runInNode(node, argv, { timeoutMs: (seconds + 10) * 1000 });
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? [];
    if (sent === undefined) throw new Error(`No pings were counted: ${stdout}`);
    return [name, Number(sent) - Number(received)] as const;
  });
  const pinging = Promise.all(runs);
  pinging.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await action();
  return Object.fromEntries(await pinging);
}
