// patchbay author: a lab's folder as a page that follows each save; with --start also a lab to try it in.
import { join } from 'node:path';
import type { Command } from 'commander';
import { LabNotMade, makeNewLab } from '../author/new-lab.ts';
import { createPreview, type Preview } from '../author/preview.ts';
import { readLab } from '../catalog/read-lab.ts';
import { noLabs } from '../author/no-labs.ts';
import { serveConsole, type Console } from '../http/console.ts';
import { startConsole } from '../http/start-console.ts';
import { openJourneys } from '../journey/journeys.ts';
import { folders } from '../set-up/folders.ts';
import { ensureWebPages } from '../set-up/web-pages.ts';
import { consoleLog } from './detached-console.ts';
import { interruptible } from './interrupt.ts';
import { say } from './progress.ts';
import { openEngine, prepareImages } from './ready-engine.ts';
import { UsageError } from './usage-error.ts';

interface AuthorOptions {
  new?: boolean;
  start?: boolean;
  port: string;
}

export function addAuthor(program: Command): void {
  program
    .command('author')
    .description('show a lab as it is being written: text, checks and findings after each save')
    .argument('<lab>', 'the name of its folder below labs/')
    .option('--new', 'make the folder first, from a small complete lab')
    .option('--start', 'also run the lab, to try commands and checks in; it goes when this ends')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .addHelpText('after', '\nExample:\n  patchbay author first-network --new --start')
    .action(author);
}

async function author(id: string, options: AuthorOptions): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`'${options.port}' is no port; it is a number from 0 (any free one) to 65535.`);
  if (options.new === true) {
    await makeNewLab(folders.labs, id).catch((error: unknown) => {
      throw error instanceof LabNotMade ? new UsageError(error.message) : error;
    });
    say(`Made ${join(folders.labs, id)}; its files are explained in labs/README.md.`);
  }
  const preview = await createPreview(folders.labs, id);
  try {
    await interruptible(async (signal) => {
      await ensureWebPages(say);
      const stop = await serve(preview, { id, port, isStarted: options.start === true, signal });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await stop();
      process.exitCode = 0;
    });
  } finally {
    preview.close();
  }
}

interface Serving {
  id: string;
  port: number;
  isStarted: boolean;
  signal: AbortSignal;
}

/** Returns how to end it. */
async function serve(
  preview: Preview,
  { id, port, isStarted, signal }: Serving,
): Promise<() => Promise<void>> {
  // a state of its own: the labs of the learners' console are none of this one's business
  const stateFolder = join(folders.state, 'author', id);
  const common = { port, pages: folders.webBuilt, log: consoleLog, author: preview };
  if (!isStarted) {
    const journeys = await openJourneys({ stateFolder, log: consoleLog });
    const { labs, checks } = noLabs(folders.labs);
    const console = await serveConsole({ ...common, labs, checks, journeys });
    greet(console);
    return () => console.close();
  }
  await readLab(folders.labs, id); // what cannot be read cannot be started
  const engine = await openEngine();
  const images = await prepareImages(engine, signal);
  const { labs: labsFolder, images: imagesFolder } = folders;
  const console = await startConsole({
    ...common,
    engine,
    images,
    labsFolder,
    imagesFolder,
    stateFolder,
    labMinutes: 0,
  });
  const left = console.labs.running().find(({ entry, phase }) => entry === id && phase === 'ready');
  const lab = left?.id ?? (await console.labs.start(id));
  preview.startedAs(lab);
  greet(console);
  return async () => {
    say(`Taking ${lab} down`);
    await gone(console.labs, lab);
    await console.close();
  };
}

function greet(console: Console): void {
  process.stdout.write(
    `This link shows the lab as it is written, once:\n${console.oneTimeLink()}&to=author\n`,
  );
  say('It follows each save. Ctrl-C ends it.');
}

/** Takes a lab down and waits until it is gone. */
async function gone(labs: Awaited<ReturnType<typeof startConsole>>['labs'], lab: string): Promise<void> {
  await labs.destroy(lab);
  await new Promise<void>((resolve) => {
    const over = setTimeout(resolve, 30_000);
    const look = () => {
      if (labs.running().some(({ id }) => id === lab)) return;
      clearTimeout(over);
      stop();
      resolve();
    };
    const stop = labs.onChange(look);
    look();
  });
}
