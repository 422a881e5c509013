// How long a key takes to come back while other terminals are busy.
import { setTimeout as delay } from 'node:timers/promises';
import { openTerminal, type BenchConsole } from './console-lab.ts';

const busyTerminals = 10;
const keys = 400;
/** Faster than anybody types, slower than the echo. */
const betweenKeysMs = 25;

/** What a watched log or capture prints: 20 lines a second. */
const busyWork =
  'while sleep 0.05; do echo "$(date +%s.%N) IP 192.168.1.3 > 192.168.2.3: ICMP echo request"; done';

/** Milliseconds of each key's echo in one terminal, with ten others printing on all nodes. */
export async function measureEcho(console: BenchConsole, lab: string): Promise<number[]> {
  const nodes = console
    .state()
    .labs.find(({ id }) => id === lab)!
    .nodes.map(({ name }) => name);
  const busy = [];
  for (let count = 0; count < busyTerminals; count++) {
    const terminal = await openTerminal(console, lab, nodes[count % nodes.length]!);
    terminal.request({ type: 'input', data: `${busyWork}\n` });
    await terminal.seen(({ output }) => output().includes('ICMP echo request\r\n'));
    busy.push(terminal);
  }
  const typed = await openTerminal(console, lab, nodes[0]!);
  await typed.seen(({ output }) => /[#$] $/.test(output()));
  typed.request({ type: 'input', data: 'cat > /dev/null\n' });
  await delay(500);
  const samples: number[] = [];
  for (let count = 0; count < keys; count++) {
    const before = typed.offset();
    const began = performance.now();
    typed.request({ type: 'input', data: 'x' });
    await typed.seen(({ offset }) => offset() > before);
    samples.push(performance.now() - began);
    await delay(betweenKeysMs);
  }
  for (const terminal of [...busy, typed]) terminal.request({ type: 'input', data: '\u0003exit\n' });
  return samples;
}
