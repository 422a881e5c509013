// Runs tests of Tempest by their ids and tells the outcome of each as it comes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientContainer } from '../../support/cloud/client-container.ts';
import { runFolder, tempestConfiguration, type TempestCloud } from './configuration.ts';
import { reasonToLeaveOut } from './left-out.ts';
import type { Outcomes } from './outcomes.ts';
import { createSubunitReader } from './read-subunit.ts';

export interface TestList {
  /** Ids of the tests that are run, in the order of the list. */
  ids: string[];
  /** Those that are not, each with the reason. */
  leftOut: { id: string; reason: string }[];
}

/** A list by its name; with a pattern only the tests that match. */
export function readList(name: string, pattern: RegExp | undefined): TestList {
  const text = readFileSync(join(import.meta.dirname, '..', 'lists', `${name}.txt`), 'utf8');
  const all = text.split('\n').filter((id) => id !== '' && (pattern === undefined || pattern.test(id)));
  const leftOut = all.flatMap((id) => {
    const reason = reasonToLeaveOut(id);
    return reason === undefined ? [] : [{ id, reason }];
  });
  return { ids: all.filter((id) => reasonToLeaveOut(id) === undefined), leftOut };
}

/** After so long without a word no word is expected any more: above every bound that Tempest has for one test. */
const silenceMs = 30 * 60_000;

/** The classes of a list that run at once, each as one. */
export interface Workers {
  count: number;
  /** A class that takes as long as several others, which are kept off its worker; a pattern. */
  longest: string;
}

/** For stestr, which deals classes out without knowing how long they take. */
const workersFile = ({ count, longest }: Workers) =>
  JSON.stringify([{ worker: [longest] }, { worker: [`^(?!.*${longest})`], concurrency: count - 1 }]);

/** Runs them to the end, one by one or as `workers` say. What went on is in tempest.log of the folder, in the container. */
export async function runList(
  client: ClientContainer,
  {
    ids,
    cloud,
    outcomes,
    workers,
  }: { ids: readonly string[]; cloud: TempestCloud; outcomes: Outcomes; workers: Workers | undefined },
): Promise<void> {
  const inFolder = (...argv: string[]) => ['env', `--chdir=${runFolder}`, ...argv];
  const configuration = `${runFolder}/tempest.conf`;
  try {
    await client.write(configuration, tempestConfiguration(cloud));
    if (workers !== undefined) await client.write(`${runFolder}/workers`, workersFile(workers));
    await client.write(`${runFolder}/ids`, ids.map((id) => `${id}\n`).join(''));
    await client.run(inFolder('stestr', 'init'));
    const silence = new AbortController();
    const giveUp = () => silence.abort();
    let timer = setTimeout(giveUp, silenceMs);
    const read = createSubunitReader((event) => outcomes.hear(event));
    const argv = [
      'tempest',
      'run',
      '--config-file',
      configuration,
      '--load-list',
      'ids',
      ...(workers === undefined
        ? ['--serial']
        : ['--concurrency', String(workers.count), '--worker-file', 'workers']),
      '--subunit',
    ];
    const complaint = await client.follow(inFolder(...argv), {
      signal: silence.signal,
      onData: (bytes) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, silenceMs);
        read(bytes);
      },
    });
    clearTimeout(timer);
    outcomes.end(silence.signal.aborted ? 'Tempest fell silent' : `Tempest ended without it. ${complaint}`);
  } catch (error) {
    outcomes.end(String(error));
  }
}
