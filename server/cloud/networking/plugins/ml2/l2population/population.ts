// L2 population: hosts with tunnels are told which ports are where, so that frames go there only and ARP is answered at once.
// A unit of work remembers what was announced of each port it changes, compares before the commit, and tells the difference.
import type { Port } from '../../../../model/port.ts';
import type { FdbChanges, FdbEntries } from '../../../../model/specs.ts';
import { networks, ports } from '../../../../store/networking-tables.ts';
import type { Rows } from '../../../../store/rows.ts';
import { tunnelEnds, type TunnelEnd } from '../../../tunnels.ts';
import type { Population, Work } from '../../../work.ts';
import { announcementsIn, announcementsOf, otherPlaces, type Announcement } from './announcements.ts';
import { isChanged, messagesFor, type Change } from './changes.ts';
import { addressOf, entriesOf, type Segments, type TunnelSegment } from './entries.ts';

export const l2population: Population = { changing, settle, endMoved, entriesFor };

/** What a unit of work has seen of the ports it changes. */
interface Seen {
  before: Map<string, Announcement | undefined>;
  segments: Map<string, TunnelSegment>;
}

function seenIn(work: Work): Seen {
  const known = work.memo.get('l2 population') as Seen | undefined;
  const seen = known ?? { before: new Map(), segments: new Map() };
  work.memo.set('l2 population', seen);
  return seen;
}

async function changing(work: Work, list: readonly Port[]): Promise<void> {
  const seen = seenIn(work);
  const fresh = list.filter(({ id }) => !seen.before.has(id));
  if (fresh.length === 0) return;
  const announced = await announcementsOf(work.rows, fresh);
  for (const { id } of fresh) seen.before.set(id, announced.get(id));
  // the network may be gone when the difference is told
  const ids = [...announced.values()].map(({ network_id }) => network_id);
  await see(work.rows, seen, ids);
}

async function see(rows: Rows, { segments }: Seen, network_ids: readonly string[]): Promise<void> {
  const missing = network_ids.filter((id) => !segments.has(id));
  for (const [id, segment] of await segmentsOf(rows, missing)) segments.set(id, segment);
}

async function segmentsOf(rows: Rows, network_ids: readonly string[]): Promise<Map<string, TunnelSegment>> {
  const found = await rows.all(networks, {
    id: [...new Set(network_ids)],
    'provider:network_type': ['gre', 'vxlan'],
  });
  return new Map(
    found.map((network) => [
      network.id,
      {
        network_type: network['provider:network_type'] as TunnelSegment['network_type'],
        segment_id: network['provider:segmentation_id']!,
      },
    ]),
  );
}

async function settle(work: Work): Promise<void> {
  const { rows } = work;
  const seen = seenIn(work);
  const changes = await changesOf(rows, seen);
  seen.before.clear();
  if (changes.length === 0) return;
  const both = changes.flatMap(({ was, is }) => [was, is]).filter((item) => item !== undefined);
  await see(
    rows,
    seen,
    both.map(({ network_id }) => network_id),
  );
  const { segments } = seen;
  if (!both.some(({ network_id }) => segments.has(network_id))) return;
  const others = await otherPlaces(rows, {
    networks: [...new Set(both.map(({ network_id }) => network_id))],
    hosts: [...new Set(both.flatMap(({ hosts }) => hosts))],
    except: [...new Set(both.map(({ port_id }) => port_id))],
  });
  const ends = await tunnelEnds(rows);
  const messages = messagesFor(changes, others, { segments, address: addressOf(ends) });
  tellAll(work, 'remove_fdb_entries', messages.remove);
  await tellNewcomers(work, { segments, ends, started: messages.started });
  tellAll(work, 'add_fdb_entries', messages.add);
  if (Object.keys(messages.update.chg_ip).length > 0) cast(work, 'update_fdb_entries', messages.update);
}

async function changesOf(rows: Rows, { before }: Seen): Promise<Change[]> {
  if (before.size === 0) return [];
  const after = await announcementsOf(rows, await rows.all(ports, { id: [...before.keys()] }));
  return [...before].map(([id, was]) => ({ was, is: after.get(id) })).filter(isChanged);
}

/** A host that is new in a network gets all there is of it. */
async function tellNewcomers(
  work: Work,
  {
    segments,
    ends,
    started,
  }: { segments: Segments; ends: readonly TunnelEnd[]; started: { network_id: string; host: string }[] },
): Promise<void> {
  const ids = [...new Set(started.map(({ network_id }) => network_id))].filter((id) => segments.has(id));
  const announced = await announcementsIn(work.rows, ids);
  const to = { segments, address: addressOf(ends) };
  for (const [server, places] of Map.groupBy(started, ({ host }) => host)) {
    const own = new Set(places.map(({ network_id }) => network_id));
    const there = announced.filter(({ network_id }) => own.has(network_id));
    const entries = entriesOf(there, to, (host) => host !== server);
    tellAll(work, 'add_fdb_entries', entries, server);
  }
}

async function endMoved(work: Work, was: TunnelEnd | undefined, is: TunnelEnd | undefined): Promise<void> {
  if (JSON.stringify(was) === JSON.stringify(is)) return;
  const host = (was ?? is)!.host;
  const found = await work.rows.sql
    .selectFrom('ports')
    .select('network_id')
    .where((where) =>
      where.or([
        where('binding:host_id', '=', host),
        where(
          'id',
          'in',
          where.selectFrom('distributed_port_bindings').select('port_id').where('host', '=', host),
        ),
      ]),
    )
    .distinct()
    .execute();
  const segments = await segmentsOf(
    work.rows,
    found.map(({ network_id }) => String(network_id)),
  );
  const announced = await announcementsIn(work.rows, [...segments.keys()]);
  const entriesAt = (end: TunnelEnd | undefined) =>
    end === undefined
      ? {}
      : entriesOf(announced, { segments, address: addressOf([end]) }, (at) => at === host);
  tellAll(work, 'remove_fdb_entries', entriesAt(was));
  tellAll(work, 'add_fdb_entries', entriesAt(is));
}

async function entriesFor(rows: Rows, asking: string, network_ids: readonly string[]): Promise<FdbEntries> {
  const segments = await segmentsOf(rows, network_ids);
  const announced = await announcementsIn(rows, [...segments.keys()]);
  const to = { segments, address: addressOf(await tunnelEnds(rows)) };
  const entries = entriesOf(announced, to, (host) => host !== asking);
  const empty = [...segments].map(([id, segment]) => [id, { ...segment, ports: {} }] as const);
  return { ...Object.fromEntries(empty), ...entries };
}

type Method = 'add_fdb_entries' | 'remove_fdb_entries' | 'update_fdb_entries';

function tellAll(work: Work, method: Method, entries: FdbEntries, server?: string): void {
  if (Object.keys(entries).length > 0) cast(work, method, entries, server);
}

function cast(work: Work, method: Method, fdb_entries: FdbEntries | FdbChanges, server?: string): void {
  const topic = 'q-agent-notifier-l2population-update';
  const to = server === undefined ? { fanout: true } : { server };
  work.casts.push({ topic, method, args: { fdb_entries }, ...to });
}
