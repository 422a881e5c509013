// Learners apart: whoever is signed in sees, reaches and hears of their own labs, and another's might as well not exist.
import { expect, it } from 'vitest';
import type { CatalogEntry, LabState, TerminalState } from '../../../server/appliance/http/types.ts';
import {
  consoleClient,
  eventsOf,
  refusalOf,
  testConsole,
  type ConsoleClient,
} from '../../support/console-client.ts';
import { textOf } from '../../support/sources.ts';

/** The lab's addresses in the console's contract, as [method, path]; a new one is tried here as soon as it is told there. */
const addresses = [
  ...textOf('server/appliance/http/types.ts').matchAll(
    /^\/\/ {3}(GET|POST|DELETE|WS) +(\/api\/labs\/:lab\S*)/gm,
  ),
].map(([, method = '', path = '']) => [method, path] as const);

const filled = (path: string, lab: string, terminal: string) =>
  path
    .replace(':lab', lab)
    .replace(':id', terminal)
    .replace(/:n\b/, '1')
    .replace(/\?.*/, '?viewer=x&after=0');

const bodies: Record<string, unknown> = {
  terminals: { place: 'controller', columns: 80, rows: 24 },
  bring: { step: 1 },
};
const bodyOf = (path: string) => bodies[path.split('/').at(-1)!];

async function classroom() {
  const page = await testConsole();
  const [anna, ben] = await Promise.all(
    ['anna', 'ben'].map((name) => consoleClient(page.running.oneTimeLink(name))),
  );
  return { page, anna: anna!, ben: ben! };
}
const start = async (client: ConsoleClient) => {
  const { body } = await client.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  return (body as LabState).id;
};
const isReady = (labs: { running(): LabState[] | { id: string; phase: string }[] }, id: string) =>
  expect.poll(() => labs.running().find((lab) => lab.id === id)?.phase).toBe('ready');

it('knows every address of the contract that names a lab', () => {
  expect(addresses.length).toBeGreaterThanOrEqual(11);
  expect(addresses.filter(([method]) => method === 'WS')).toHaveLength(1);
});

it("answers for another learner's lab as for one that is not there", async () => {
  const { page, anna, ben } = await classroom();
  await using _ = page;
  const lab = await start(anna);
  await isReady(page.labs, lab);
  const opened = await anna.ask('POST', `/api/labs/${lab}/terminals`, { body: bodies.terminals });
  const terminal = (opened.body as TerminalState).id;
  const answersOf = async (client: ConsoleClient, named: string) => {
    const answers: string[] = [];
    for (const [method, path] of addresses.filter(([kind]) => kind !== 'WS')) {
      const body = bodyOf(path);
      const { status, text } = await client.ask(
        method,
        filled(path, named, terminal),
        body === undefined ? {} : { body },
      );
      answers.push(`${method} ${path} ${status} ${text.replaceAll(named, 'LAB')}`);
    }
    return answers;
  };
  const refused = await answersOf(ben, lab);
  expect(refused.filter((answer) => !/^\S+ \S+ 404 .*There is no running lab 'LAB'/.test(answer))).toEqual(
    [],
  );
  expect(refused).toEqual(await answersOf(ben, 'no-lab'));
  expect(await answersOf(page, lab)).toEqual(refused);
  expect(page.labs.running().map(({ id, phase }) => [id, phase])).toEqual([[lab, 'ready']]);
  expect(page.labs.typed).toEqual([]);
});

it("connects no terminal of another learner's lab", async () => {
  const { page, anna, ben } = await classroom();
  await using _ = page;
  const lab = await start(anna);
  await isReady(page.labs, lab);
  const { body } = await anna.ask('POST', `/api/labs/${lab}/terminals`, { body: bodies.terminals });
  const path = `/api/labs/${lab}/terminals/${(body as TerminalState).id}?viewer=x&after=0`;
  expect(await refusalOf(ben.connect(path))).toBe(404);
  expect(await refusalOf(page.connect(path))).toBe(404);
  expect(await refusalOf(ben.connect('/api/labs/%E0%A4%A/terminals/x'))).toBe(404);
  expect(await refusalOf(anna.connect(path))).toBe(101);
});

it("tells each learner of their own labs, in numbers without a gap, and nothing of another's", async () => {
  const { page, anna, ben } = await classroom();
  await using _ = page;
  const heard = [anna, ben, page].map((client) => eventsOf(client.connect('/api/events')));
  await Promise.all(heard.map(({ until }) => until(({ type }) => type === 'snapshot')));
  const labs = [await start(anna), await start(ben)];
  await Promise.all(labs.map((lab) => isReady(page.labs, lab)));
  const isLast = (lab: string) => (text: string) => text.includes(lab) && text.includes('"phase":"ready"');
  for (const [index, lab] of labs.entries())
    await heard[index]!.until((event) => isLast(lab)(JSON.stringify(event)));
  const [ofAnna, ofBen, ofLocal] = heard.map(({ all }) => all);
  expect(JSON.stringify(ofAnna)).not.toContain(labs[1]);
  expect(JSON.stringify(ofBen)).not.toContain(labs[0]);
  expect(ofLocal).toEqual([expect.objectContaining({ state: { learner: 'local', labs: [], warm: {} } })]);
  for (const all of [ofAnna!, ofBen!])
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_event, index) => index));
  const late = eventsOf(ben.connect('/api/events'));
  const snapshot = await late.until(({ type }) => type === 'snapshot');
  expect(snapshot).toMatchObject({ state: { learner: 'ben', labs: [{ id: labs[1] }] } });
});

it('shows every learner the same catalog', async () => {
  const { page, anna, ben } = await classroom();
  await using _ = page;
  const read = async (client: ConsoleClient) =>
    (await client.ask('GET', '/api/catalog')).body as CatalogEntry[];
  expect((await read(anna)).map(({ id }) => id)).toEqual(['demo']);
  expect(await read(anna)).toEqual(await read(ben));
});

it("keeps to the name that was signed: nobody gets another's labs by changing the cookie", async () => {
  const { page, anna, ben } = await classroom();
  await using _ = page;
  const lab = await start(anna);
  await isReady(page.labs, lab);
  const [name, value = ''] = ben.cookie.split('=');
  const cookie = `${name}=${value.replace('.ben.', '.anna.')}`;
  expect(cookie).toContain('.anna.');
  const answer = await ben.ask('DELETE', `/api/labs/${lab}`, { headers: { cookie } });
  expect(answer.status).toBe(401);
});
