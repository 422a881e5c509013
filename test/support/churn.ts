// Clients that make and delete things without a pause, and remember what they were told.
import type { Answer, Ask } from './networking.ts';

export interface Churn {
  /** Paths of what was acknowledged as made, and not asked to go since. */
  there: Set<string>;
  /** Paths of what was acknowledged as deleted. */
  gone: Set<string>;
  /** Other statuses than those of success, with how often they came. */
  refused: Map<string, number>;
  /** Resolves with the nth acknowledgement. */
  acknowledged(count: number): Promise<void>;
  /** Lets the clients end what they are at. */
  stop(): Promise<void>;
}

/** Starts `clients` of them, each with networks of its own and floating IPs of the external network. */
export function startChurn(ask: Ask, externalNetwork: string, clients = 6): Churn {
  const there = new Set<string>();
  const gone = new Set<string>();
  const refused = new Map<string, number>();
  const waiting: { count: number; done: () => void }[] = [];
  let acknowledgements = 0;
  let isEnding = false;

  /** Undefined: the server is not there. */
  async function tell(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const answer = await ask(method, path, body).catch(() => undefined);
    if (answer === undefined) isEnding = true;
    else if (answer.status < 300) {
      acknowledgements++;
      for (const { count, done } of waiting) if (count === acknowledgements) done();
    } else {
      const name = `${answer.status} ${answer.body?.NeutronError?.type}`;
      refused.set(name, (refused.get(name) ?? 0) + 1);
    }
    return answer;
  }

  async function make(name: string, attributes: Record<string, unknown>): Promise<string | undefined> {
    const answer = await tell('POST', `/${name}s`, { [name]: attributes });
    if (answer?.status !== 201) return undefined;
    const { id } = answer.body[name];
    there.add(`/${name}s/${id}`);
    return id;
  }

  async function remove(path: string): Promise<void> {
    there.delete(path);
    if ((await tell('DELETE', path))?.status === 204) gone.add(path);
  }

  async function client(number: number): Promise<void> {
    for (let round = 0; !isEnding; round++) {
      const network_id = await make('network', { 'provider:network_type': 'vxlan' });
      if (network_id === undefined) continue;
      const subnet = await make('subnet', {
        network_id,
        ip_version: 4,
        cidr: `10.${number}.${round % 250}.0/24`,
      });
      if (subnet === undefined) continue;
      const [first] = [await make('port', { network_id }), await make('port', { network_id })];
      await make('floatingip', { floating_network_id: externalNetwork });
      if (first !== undefined) await remove(`/ports/${first}`);
    }
  }
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number + 1)));
  return {
    there,
    gone,
    refused,
    acknowledged: (count) => new Promise((done) => waiting.push({ count, done })),
    async stop() {
      isEnding = true;
      await running;
    },
  };
}

/** What the server does not know as the clients were told. */
export async function forgotten(ask: Ask, { there, gone }: Churn): Promise<string[]> {
  const wrong: string[] = [];
  for (const path of there) if ((await ask('GET', path)).status !== 200) wrong.push(`${path} is lost`);
  for (const path of gone) if ((await ask('GET', path)).status !== 404) wrong.push(`${path} came back`);
  return wrong;
}
