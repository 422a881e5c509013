// Journeys in files: what is told is on the disk, also for the next appliance.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newJourney } from '../../../../server/appliance/journey/journey.ts';
import { openJourneys, type Journeys } from '../../../../server/appliance/journey/journeys.ts';

let stateFolder: string;
let errors: string[];
let journeys: Journeys;
const open = () => openJourneys({ stateFolder, log: { error: (line) => errors.push(line) } });
const journey = (id: string) =>
  newJourney({
    ...{ id, entry: 'demo', learner: 'local', title: 'Demo', startedAt: new Date() },
    steps: [{ number: 1, title: 'One' }],
  });
const fileOf = (id: string) => join(stateFolder, 'labs', `${id}.json`);
const onDisk = (id: string) => JSON.parse(readFileSync(fileOf(id), 'utf8')) as { title: string };

beforeEach(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'journeys-test-'));
  errors = [];
  journeys = await open();
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

it('finds in a new appliance what an older one knew', async () => {
  await journeys.begin(journey('demo'));
  await journeys.change('demo', (known) => ({ ...known, title: 'Changed' }));
  await journeys.begin(journey('other'));
  await journeys.remove('other');
  const later = await open();
  expect(later.all()).toEqual([
    { ...journey('demo'), startedAt: expect.any(String) as string, title: 'Changed' },
  ]);
});

it('tells a change when it is written, not before', async () => {
  await journeys.begin(journey('demo'));
  const seen: string[] = [];
  journeys.onChange((id) => seen.push(onDisk(id).title));
  const changing = journeys.change('demo', (known) => ({ ...known, title: 'Changed' }));
  expect(journeys.find('demo')!.title).toBe('Demo');
  await changing;
  expect(seen).toEqual(['Changed']);
  expect(journeys.find('demo')!.title).toBe('Changed');
});

it('loses none of many changes at the same time', async () => {
  await journeys.begin(journey('demo'));
  const one = () => journeys.change('demo', (known) => ({ ...known, generation: known.generation + 1 }));
  await Promise.all(Array.from({ length: 25 }, one));
  expect((await open()).find('demo')!.generation).toBe(25);
});

it('says that a change could not be written, and shows what was there', async () => {
  await journeys.begin(journey('demo'));
  rmSync(join(stateFolder, 'labs'), { recursive: true });
  writeFileSync(join(stateFolder, 'labs'), '');
  await expect(journeys.change('demo', (known) => ({ ...known, title: 'Lost' }))).rejects.toThrow('labs');
  expect(journeys.find('demo')!.title).toBe('Demo');
  rmSync(join(stateFolder, 'labs'));
  await journeys.change('demo', (known) => ({ ...known, title: 'Written' }));
  expect(onDisk('demo').title).toBe('Written');
});

it('keeps a lab of the command line only once something was done in it', async () => {
  journeys.meet(journey('demo'));
  expect([journeys.isKept('demo'), readdirSync(join(stateFolder, 'labs'))]).toEqual([false, []]);
  await journeys.change('demo', (known) => known);
  expect(journeys.isKept('demo')).toBe(false);
  await journeys.change('demo', (known) => ({ ...known, generation: 1 }));
  expect([journeys.isKept('demo'), (await open()).find('demo')?.generation]).toEqual([true, 1]);
});

it('sets a damaged file aside, says which, and goes on with the others', async () => {
  await journeys.begin(journey('good'));
  await journeys.begin(journey('half'));
  writeFileSync(fileOf('half'), readFileSync(fileOf('half'), 'utf8').slice(0, 60));
  writeFileSync(fileOf('strange'), '{ "id": "strange" }');
  const later = await open();
  expect(later.all().map(({ id }) => id)).toEqual(['good']);
  expect(errors).toEqual([expect.stringContaining('half.json'), expect.stringContaining('strange.json')]);
  expect(readdirSync(join(stateFolder, 'labs')).filter((name) => name.includes('damaged')).length).toBe(2);
});
