// A container engine on this machine: found, else installed and started where that is ours to do.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { connectEngine, type Engine } from '../engine/engine.ts';
import { EngineUnreachable } from '../engine/failures.ts';
import { startInBackground } from './background-program.ts';
import { raiseWatchers } from './inotify.ts';
import { ensurePackages, mayInstall } from './packages.ts';
import { runProgram } from './run-program.ts';

export interface EngineOptions {
  /** Whether a person may be asked; without one the answer is yes. */
  isAsked: boolean;
  say: (text: string) => void;
}

export interface ReadyEngine {
  engine: Engine;
  /** Ends the engine if this call started it by hand. */
  stop: () => Promise<void>;
}

const startWithinMs = 30_000;
const logFile = '/var/log/patchbay-dockerd.log';
const staleFiles = ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid'];

const programs = ['/usr/sbin/dockerd', '/usr/bin/dockerd', '/usr/local/bin/dockerd'];
const findProgram = () => programs.find((path) => existsSync(path));

/** What to do where no engine can be installed from here. */
function advice(): string {
  if (process.platform !== 'linux') return 'Patchbay needs Linux with Docker; a virtual machine will do.';
  if (findProgram() !== undefined) return "Docker is installed but does not answer. Start it: 'sudo systemctl start docker'; or join its group: 'sudo usermod -aG docker $USER' and log in anew."; // prettier-ignore
  return "Install Docker: 'sudo apt-get install docker.io' on Debian and Ubuntu, https://docs.docker.com/engine/install elsewhere.";
}

async function isAllowed(question: string, { isAsked }: EngineOptions): Promise<boolean> {
  if (!isAsked || !process.stdin.isTTY) return true;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question} [Y/n] `);
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}

/** A killed engine leaves its pid file behind and would refuse to start; one whose process lives is left alone. */
function removeStalePidFiles(): void {
  for (const file of staleFiles.filter((path) => existsSync(path))) {
    const pid = Number(readFileSync(file, 'utf8'));
    const comm = `/proc/${pid}/comm`;
    const isAlive = existsSync(comm) && /^(dockerd|containerd)$/m.test(readFileSync(comm, 'utf8'));
    if (!isAlive) rmSync(file, { force: true });
  }
}

async function connectWithin(timeoutMs: number): Promise<Engine> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await connectEngine(process.env);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await delay(100);
  }
}

/** Finds an engine or makes one. Throws EngineUnreachable, or an error that says what to type. */
export async function ensureEngine(options: EngineOptions): Promise<ReadyEngine> {
  const nothing = () => Promise.resolve();
  raiseWatchers(options.say);
  try {
    return { engine: await connectEngine(process.env), stop: nothing };
  } catch (error) {
    // A named engine is a choice; no other one is made in its place.
    if (!(error instanceof EngineUnreachable) || process.env.DOCKER_HOST) throw error;
    if (!mayInstall()) throw new Error(`${error.message}\n${advice()}`, { cause: error });
  }
  if (findProgram() === undefined) {
    if (!(await isAllowed('No Docker engine is installed. Install docker.io?', options)))
      throw new Error(advice());
    await ensurePackages(['docker.io', 'iptables'], options.say);
  }
  const program = findProgram();
  if (program === undefined) throw new Error(advice());
  options.say('Starting the Docker engine');
  const hasSystemd = existsSync('/run/systemd/system');
  if (hasSystemd) await runProgram(['systemctl', 'start', 'docker'], { timeoutMs: 60_000 });
  if (!hasSystemd) removeStalePidFiles();
  const stop = hasSystemd ? nothing : startInBackground({ program, argv: [], logFile });
  try {
    return { engine: await connectWithin(startWithinMs), stop };
  } catch (error) {
    const log = hasSystemd ? "'journalctl -u docker' says why." : `${logFile} says why.`;
    throw new Error(`The Docker engine was started but does not answer. ${log}`, { cause: error });
  }
}
