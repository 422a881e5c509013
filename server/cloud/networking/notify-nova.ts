// Tells Compute what became of the ports of servers, with a token of the service's user.
import type { Logger } from '../../lib/log.ts';
import type { ServerEvents } from './work.ts';

export interface NovaOptions {
  nova_url: string;
  auth_url: string;
  username: string;
  password: string;
  project_name: string;
  /** Port came up or went down. */
  onStatus: boolean;
  /** Port was deleted. */
  onData: boolean;
  log: Logger;
}

interface ServerEvent {
  name: 'network-vif-plugged' | 'network-vif-unplugged' | 'network-vif-deleted';
  server_uuid: string;
  tag: string;
  status: 'completed';
}

const patienceMs = 10_000;
/** Compute may be restarting: the waits between attempts. */
const pausesMs = [500, 1000, 2000, 4000, 8000];

const names = {
  plugged: 'network-vif-plugged',
  unplugged: 'network-vif-unplugged',
  deleted: 'network-vif-deleted',
} as const;

/** Events that arise while a request is under way go together with the next one. */
export function createNovaNotifier(options: NovaOptions): ServerEvents & { idle(): Promise<void> } {
  const { log } = options;
  const waiting: ServerEvent[] = [];
  let token: string | undefined;
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const events = waiting.splice(0);
      try {
        await deliver(events);
      } catch (error) {
        log.warning(`Compute was not told of ${events.length} port event(s): ${(error as Error).message}`);
      }
    }
  }

  async function deliver(events: ServerEvent[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await post(events);
      } catch (error) {
        const pause = pausesMs[attempt];
        if (pause === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
      }
    }
  }

  async function post(events: ServerEvent[]): Promise<void> {
    token ??= await fetchToken(options);
    const answer = await fetch(`${options.nova_url.replace(/\/$/, '')}/os-server-external-events`, {
      method: 'POST',
      headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ events }),
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.arrayBuffer();
    if (answer.status === 401) token = undefined;
    // 404: none of the servers is there (any more), which no further attempt would change
    if (answer.status === 404) log.debug('Compute does not know the servers of the port events');
    else if (!answer.ok) throw new Error(`Compute answered ${answer.status}`);
  }

  return {
    portChanged({ port, event }) {
      const isWanted = event === 'deleted' ? options.onData : options.onStatus;
      if (!isWanted || port.device_id === '') return;
      waiting.push({ name: names[event], server_uuid: port.device_id, tag: port.id, status: 'completed' });
      sending ??= send().finally(() => (sending = undefined));
    },
    idle: async () => sending,
  };
}

/** Signs in at Identity v3. */
async function fetchToken({ auth_url, username, password, project_name }: NovaOptions): Promise<string> {
  const domain = { name: 'Default' };
  const base = auth_url.replace(/\/(v3|v2\.0)?\/?$/, '');
  const answer = await fetch(`${base}/v3/auth/tokens?nocatalog=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, password, domain } } },
        scope: { project: { name: project_name, domain } },
      },
    }),
    signal: AbortSignal.timeout(patienceMs),
  });
  await answer.arrayBuffer();
  const token = answer.headers.get('x-subject-token');
  if (!answer.ok || token === null) throw new Error(`Identity answered ${answer.status} to user ${username}`);
  return token;
}
