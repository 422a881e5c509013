// The end of what a node and its daemons wrote, for the message of a failed start.
import type { Engine } from '../engine/engine.ts';
import { containerName } from './names.ts';

const tailOfLogs = `for file in /var/log/*/*.log; do [ -s "$file" ] || continue; echo "== $file"; tail -n 5 "$file"; done`;

/** The last lines of a node's log files while it runs, and of its first program; never throws. */
export async function readNodeLogs(engine: Engine, lab: string, node: string): Promise<string[]> {
  const name = containerName(lab, node);
  const own = await engine.readLogs(name, 20).catch(() => '');
  const files = await engine
    .exec(name, ['sh', '-c', tailOfLogs], { timeoutMs: 5_000 })
    .then(({ stdout }) => stdout)
    .catch(() => '');
  return `${own}${files}`.split('\n').filter((line) => line.trim() !== '');
}
