// patchbay up: does all the set-up there is and serves the console.
import { Option, type Command } from 'commander';
import { localLearner } from '../http/learners.ts';
import { oneTimeLink } from '../http/sessions.ts';
import { startConsole } from '../http/start-console.ts';
import { folders } from '../set-up/folders.ts';
import { ensureEngine } from '../set-up/docker-engine.ts';
import { ensureWebPages } from '../set-up/web-pages.ts';
import { consoleSecret } from './console-secret.ts';
import {
  consoleLog,
  findConsole,
  recordConsole,
  startDetached,
  type ServeWords,
} from './detached-console.ts';
import { interruptible } from './interrupt.ts';
import { say } from './progress.ts';
import { prepareImages } from './ready-engine.ts';
import { UsageError } from './usage-error.ts';

interface UpOptions extends ServeWords {
  yes?: boolean;
  detach?: boolean;
}

const defaultPort = '8642';
const lingerMs = 2_000;

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new UsageError(`'${text}' is no port; it is a number from 0 (any free one) to 65535.`);
}

/** Minutes on each lab's clock; undefined for the usual. */
function minutesOf(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,5}(\.\d)?$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new UsageError(
    `'${text}' is no time; it is a number of minutes like 90 or 0.5, 0 for labs that never end by themselves.`,
  );
}

/** A number of labs; undefined where none was given. */
function countOf(text: string | undefined, what: string, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`'${text}' ${what} cannot be had; it is a number of labs from ${least} to 999.`);
}

/** Origin of the address browsers use; undefined where none was given. */
function urlOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '')
    throw new UsageError(`'${text}' is no address of a console; it reads like http://127.0.0.1:8642`);
  return url.origin;
}

const supplyOf = ({ warm, mostLabs }: Pick<UpOptions, 'warm' | 'mostLabs'>) => ({
  warm: countOf(warm, 'warm labs', 0),
  mostLabs: countOf(mostLabs, 'labs at most', 1),
});

async function setUp({ yes }: Pick<UpOptions, 'yes'>, signal = new AbortController().signal) {
  const { engine } = await ensureEngine({ isAsked: yes !== true, say });
  const images = await prepareImages(engine, signal);
  await ensureWebPages(say);
  return { engine, images };
}

/** A new link to the console that runs already; false where none does. */
async function greetRunning(): Promise<boolean> {
  const running = await findConsole();
  if (running === undefined) return false;
  const link = oneTimeLink(running.url, await consoleSecret(), localLearner);
  process.stdout.write(`The console runs at ${running.url} already. This link opens it, once:\n${link}\n`);
  return true;
}

/** Serves until interrupted; labs go on without the console. */
async function serve({ host, port: portText, url: urlText, yes, time, ...counts }: UpOptions): Promise<void> {
  const url = urlOf(urlText);
  const port = portOf(portText);
  await interruptible(async (signal) => {
    const { engine, images } = await setUp({ yes }, signal);
    const { labs: labsFolder, images: imagesFolder, webBuilt: pages } = folders;
    const secret = await consoleSecret();
    const own = { engine, host, port, images, labsFolder, imagesFolder, pages, secret, log: consoleLog };
    const kept = { stateFolder: folders.state, labMinutes: minutesOf(time), ...supplyOf(counts) };
    const seen = url === undefined ? {} : { url };
    const console = await startConsole({ ...own, ...kept, ...seen }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Error(
        `Port ${port} of ${host} is taken by another program. Take another one: patchbay up --port ${port + 1}`,
        { cause: error },
      );
    });
    const forget = await recordConsole(console.url);
    const greeting = `The console is at ${console.url}. This link opens it, once:\n${console.oneTimeLink()}\n`;
    // In the background it is the starter that shows it, and then goes.
    if (process.send !== undefined) process.send(greeting, () => process.disconnect());
    else process.stdout.write(greeting);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await console.close();
    await forget();
    process.exitCode = 0;
    // everything it served is closed; a connection to the engine that lingers must not keep it alive
    setTimeout(() => process.exit(), lingerMs).unref();
    say("The console is closed. Labs go on; 'patchbay down --all' removes them.");
  });
}

export function addUp(program: Command): void {
  program
    .command('up')
    .description('set up whatever is missing and serve the console until Ctrl-C')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', defaultPort)
    .option('--time <minutes>', 'how long a lab stands unless it is extended; 0 for ever')
    .option('--warm <n>', 'labs to have ready before anybody asks: a click then takes a second')
    .option('--most-labs <n>', 'no more labs than these at once; the others wait (usually: as many as fit)')
    .addOption(
      new Option('--url <address>', 'where browsers find it, behind a published port or a proxy').env(
        'PATCHBAY_URL',
      ),
    )
    .option('--yes', 'install a Docker engine without asking')
    .option('--detach', "go on in the background; 'patchbay down --all' ends it")
    .addHelpText('after', '\nExample:\n  patchbay up --port 9000')
    .action(async (options: UpOptions) => {
      portOf(options.port);
      minutesOf(options.time);
      supplyOf(options);
      urlOf(options.url);
      if (process.send === undefined && (await greetRunning())) return;
      if (options.detach !== true) return serve(options);
      await setUp(options); // here, where its progress is seen
      await startDetached(options);
    });
}
