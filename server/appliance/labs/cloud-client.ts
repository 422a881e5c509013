// Asks a lab's cloud how it is, by its own APIs and with the credentials of openrc-admin.

export interface AgentRow {
  binary: string;
  host: string;
  alive: boolean;
}

export interface CloudClient {
  /** Throws while Identity does not give a token. */
  listAgents(): Promise<AgentRow[]>;
  listHypervisors(): Promise<string[]>;
  listActiveImages(): Promise<string[]>;
}

export interface CloudAddress {
  identity: string;
  network: string;
  compute: string;
  image: string;
}

const answerWithinMs = 2_000;

/** A client for base URLs as published on this machine. */
export function createCloudClient(urls: CloudAddress, password: string): CloudClient {
  let token: string | undefined;
  const ask = async (url: string, init: RequestInit = {}) => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs) });
    const body = (await answer.json()) as Record<string, never>;
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    return { answer, body };
  };
  const authenticate = async () => {
    const domain = { id: 'default' };
    const auth = {
      identity: { methods: ['password'], password: { user: { name: 'admin', domain, password } } },
      scope: { project: { name: 'admin', domain } },
    };
    const { answer } = await ask(`${urls.identity}/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ auth }),
    });
    return answer.headers.get('x-subject-token') ?? '';
  };
  const get = async <T>(url: string): Promise<T> => {
    token ??= await authenticate();
    return (await ask(url, { headers: { 'X-Auth-Token': token } })).body as T;
  };
  return {
    listAgents: async () => (await get<{ agents: AgentRow[] }>(`${urls.network}/v2.0/agents`)).agents,
    listHypervisors: async () => {
      const { hypervisors } = await get<{ hypervisors: { hypervisor_hostname: string; state?: string }[] }>(
        `${urls.compute}/v2.1/os-hypervisors`,
      );
      return hypervisors.filter(({ state = 'up' }) => state === 'up').map((one) => one.hypervisor_hostname);
    },
    listActiveImages: async () => {
      const { images } = await get<{ images: { name: string; status: string }[] }>(`${urls.image}/v2/images`);
      return images.filter(({ status }) => status === 'active').map(({ name }) => name);
    },
  };
}
