// The Compute and metadata APIs in this process, with Networking and Image in this process too; messages to hosts are recorded.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf, sendRequest } from '../../server/cloud/client/http-request.ts';
import type { ServiceAnswer, ServiceRequest, ServiceType } from '../../server/cloud/client/session.ts';
import { createComputeApp } from '../../server/cloud/compute/app.ts';
import { conductorEndpoints } from '../../server/cloud/compute/conductor.ts';
import { instanceEvents, type Notify } from '../../server/cloud/compute/instance-events.ts';
import { createHosts } from '../../server/cloud/compute/hosts.ts';
import { createMetadataApp } from '../../server/cloud/compute/metadata/app.ts';
import { authenticateWith } from '../../server/cloud/identity/authenticate.ts';
import { createImageApp, openImages, seedImages } from '../../server/cloud/image/app.ts';
import { RpcTimeout } from '../../server/cloud/rpc/rpc.ts';
import { computeSchema } from '../../server/cloud/store/compute-tables.ts';
import { imageSchema } from '../../server/cloud/image/tables.ts';
import { networkingSchema } from '../../server/cloud/store/networking-tables.ts';
import type { Table } from '../../server/cloud/store/table.ts';
import { openStore } from '../../server/cloud/store/store.ts';
import { listen } from '../../server/lib/http.ts';
import { silentLogger as log } from '../../server/lib/log.ts';
import { testDatabase } from './test-database.ts';
import { demo, networkingServer, type Answer, type Ask, type NetworkingServer } from './networking.ts';

export const metadataSecret = 'metadata-secret';

export interface ComputeServer {
  networking: NetworkingServer;
  /** As an administrator, as a member of project demo, of another project, and without a token. */
  admin: Ask;
  member: Ask;
  stranger: Ask;
  nobody: Ask;
  /** Asks the metadata API with headers as the Networking metadata agent would, or tells it a text. */
  metadata: (
    path: string,
    headers: Record<string, string>,
    told?: string,
  ) => Promise<{ status: number; text: string }>;
  /** Casts to hosts: `build_and_run_instance compute1`. */
  casts: { method: string; server: string | undefined; args: Record<string, unknown> }[];
  /** Events of instances that were published. */
  notified: { type: string; payload: Record<string, unknown> }[];
  conductor: ReturnType<typeof conductorEndpoints>;
  session: Requester;
  imageId: string;
  /** Every row of the three services' tables. */
  everything: () => Promise<string>;
  /** Lets hosts report themselves. */
  hostsUp: (...names: string[]) => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Requester {
  request<Body = unknown>(service: ServiceType, request: ServiceRequest): Promise<ServiceAnswer<Body>>;
}

const callerOf = (token: string) => ({
  user_id: `user-${token.slice(0, 1)}`,
  user_name: token.slice(0, 1),
  project_id: token === 'admin' ? 'a'.repeat(32) : token,
  project_name: token.slice(0, 4),
  roles: [token === 'admin' ? 'admin' : 'member'],
  is_admin: token === 'admin',
});

export async function computeServer(): Promise<ComputeServer> {
  const networking = await networkingServer();
  const databases = { image: await testDatabase('image'), compute: await testDatabase('compute') };
  const images = await openImages(databases.image.url, mkdtempSync(join(tmpdir(), 'images-')));
  const seeds = mkdtempSync(join(tmpdir(), 'seed-'));
  writeFileSync(join(seeds, 'cirros.tar'), 'a root file system');
  await seedImages(images, seeds, log);
  const authenticate = authenticateWith(callerOf);
  const address = { host: '127.0.0.1', port: 0, log };
  const image = await listen(createImageApp(images, authenticate, log), address);
  const session = sessionTo({ network: networking.url, image: image.url });
  const store = await openStore(databases.compute.url, computeSchema);
  const hosts = createHosts(store, { downSeconds: 60 });
  const casts: ComputeServer['casts'] = [];
  const rpc = {
    cast: (_topic: string, method: string, args: Record<string, unknown>, options?: { server?: string }) =>
      void casts.push({ method, server: options?.server, args }),
    call: () => Promise.reject(new RpcTimeout('no host answers in this test')),
  };
  const notified: ComputeServer['notified'] = [];
  const notify: Notify = (type, payload) =>
    void notified.push({ type, payload: payload as Record<string, unknown> });
  const events = instanceEvents(notify, 'vm_and_task_state');
  const deps = { store, hosts, rpc, events, session, defaultZone: 'nova', log };
  const compute = await listen(createComputeApp(deps, authenticate), address);
  const metadataDeps = { store, session, sharedSecret: metadataSecret, domain: 'novalocal', log };
  const metadata = await listen(createMetadataApp(metadataDeps), address);
  const tell = (server: string, method: string, instance_uuid: string) =>
    rpc.cast('compute', method, { instance_uuid }, { server });
  const conductor = conductorEndpoints({
    ...{ store, hosts, events, session, tell },
    ...{ domain: 'novalocal', maxAttempts: 3 },
  });
  const as =
    (token: string | undefined): Ask =>
    (method, path, body) =>
      ask(`${compute.url}${path}`, method, token, body);
  const found = await session.request<{ images: { id: string }[] }>('image', {
    method: 'GET',
    path: '/v2/images',
  });
  return {
    networking,
    admin: as('admin'),
    member: as(demo),
    stranger: as('e'.repeat(32)),
    nobody: as(undefined),
    metadata: async (path, headers, told) => {
      const sent = told === undefined ? {} : { method: 'POST', body: told };
      const answer = await fetch(`${metadata.url}${path}`, { headers, ...sent });
      return { status: answer.status, text: await answer.text() };
    },
    casts,
    notified,
    conductor,
    session,
    imageId: found.body.images[0]!.id,
    everything: async () => {
      const parts = [
        [computeSchema, store],
        [imageSchema, images.store],
        [networkingSchema, networking.env.store],
      ] as const;
      const rows = parts.flatMap(([{ tables }, { read }]) => tables.map((table) => read.all(table as Table)));
      return JSON.stringify(await Promise.all(rows));
    },
    hostsUp: async (...names) => {
      for (const host of names)
        await conductor.report_state({
          ...{ host, binary: 'nova-compute', zone: 'nova', host_ip: '10.20.0.1', memory_mb: 4096, vcpus: 2 },
          ...{ local_gb: 20, disk_available_gb: 15 },
        });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([compute.close(), metadata.close(), image.close()]);
      await Promise.all([store.close(), images.store.close(), networking[Symbol.asyncDispose]()]);
      await Promise.all([databases.image.release(), databases.compute.release()]);
    },
  };
}

/** A signed-in administrator at services of known addresses. */
function sessionTo(urls: Partial<Record<ServiceType, string>>): Requester {
  return {
    async request<Body>(service: ServiceType, { method, path, query = {}, body }: ServiceRequest) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        for (const one of [value ?? []].flat()) search.append(name, one);
      const answer = await sendRequest({
        method,
        url: `${urls[service]}${path}?${search.toString()}`,
        headers: { 'x-auth-token': 'admin', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: 10_000,
      });
      if (answer.status >= 400) throw failureOf(answer);
      const text = answer.body.toString();
      return {
        status: answer.status,
        headers: answer.headers,
        body: (text === '' ? undefined : JSON.parse(text)) as Body,
      };
    },
  };
}

async function ask(url: string, method: string, token: string | undefined, body: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(token && { 'X-Auth-Token': token }), 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}
