// The console in the background: started, remembered in the state folder, ended by `down --all`.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { folders } from '../set-up/folders.ts';
import { say } from './progress.ts';

const recordFile = join(folders.state, 'console.json');

/** Where the console's own troubles go. */
export const consoleLog = { info: () => undefined, error: (message: string) => say(message) };

interface ConsoleRecord {
  pid: number;
  /** As `startOf` tells it. */
  start: string | undefined;
  url: string;
}

/** When a process started, in the kernel's ticks; undefined where none has the number. It tells two with one number apart. */
export function startOf(pid: number): string | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  // the name before it may hold anything
  return readFileSync(file, 'utf8').split(') ').at(-1)?.split(' ')[19];
}

/** Remembers the console of this process; answers with how to forget it. */
export async function recordConsole(url: string): Promise<() => Promise<void>> {
  await mkdir(folders.state, { recursive: true, mode: 0o700 });
  const record: ConsoleRecord = { pid: process.pid, start: startOf(process.pid), url };
  await writeFile(recordFile, JSON.stringify(record));
  return () => rm(recordFile, { force: true });
}

/** The console that runs, if the process remembered is one still. */
export async function findConsole(): Promise<ConsoleRecord | undefined> {
  const text = await readFile(recordFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ConsoleRecord;
  // In a container made anew the console has the number that the old one had.
  if (startOf(record.pid) !== record.start || record.start === undefined) return undefined;
  const commandLine = `/proc/${record.pid}/cmdline`;
  const words = readFileSync(commandLine, 'utf8').split('\0');
  return words.includes('patchbay') && words.includes('up') ? record : undefined;
}

/** Ends the console that runs, if any, and says so. */
export async function stopConsole(): Promise<boolean> {
  const record = await findConsole();
  await rm(recordFile, { force: true });
  if (record === undefined || record.pid === process.pid) return false;
  process.kill(record.pid, 'SIGTERM');
  const end = Date.now() + 10_000;
  while (existsSync(`/proc/${record.pid}`) && Date.now() < end) await delay(50);
  say(`Ended the console at ${record.url}`);
  return true;
}

/** How a console is to be served, in the words of `up`. */
export interface ServeWords {
  host: string;
  port: string;
  time?: string;
  warm?: string;
  mostLabs?: string;
  url?: string;
}

/** Starts `up` once more without a terminal, shows its greeting, then leaves it alone; its log is `console.log`. */
export async function startDetached({ host, port, time, warm, mostLabs, url }: ServeWords): Promise<void> {
  const argv = [join(folders.server, 'main.ts'), 'patchbay', 'up', '--yes', '--host', host, '--port', port];
  if (time !== undefined) argv.push('--time', time);
  if (warm !== undefined) argv.push('--warm', warm);
  if (mostLabs !== undefined) argv.push('--most-labs', mostLabs);
  if (url !== undefined) argv.push('--url', url);
  await mkdir(folders.state, { recursive: true, mode: 0o700 });
  const logFile = join(folders.state, 'console.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
  const greeting = await new Promise<string | undefined>((resolve) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', () => resolve(undefined));
  });
  closeSync(log);
  child.unref();
  if (greeting === undefined)
    throw new Error((await readFile(logFile, 'utf8')).trim().replace(/^patchbay: /, ''));
  process.stdout.write(greeting);
}
