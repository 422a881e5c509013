// Captures that surely listen before the first frame is sent, several at once on several nodes.
import type { RunningCloud } from './running-cloud.ts';

export interface CaptureAt {
  node: string;
  device: string;
  /** Network namespace the device is in. */
  namespace?: string;
  /** tcpdump expression. */
  filter?: string;
}

// $1: a name for the files, then the argument list. Returns once the capture listens.
const begin = `name=$1; shift
"$@" >"/tmp/$name.out" 2>"/tmp/$name.err" & echo $! >"/tmp/$name.pid"
tries=100
until grep -q 'listening on' "/tmp/$name.err"; do
  [ $((tries -= 1)) -gt 0 ] && kill -0 "$(cat "/tmp/$name.pid")" || { cat "/tmp/$name.err" >&2; exit 1; }
  sleep 0.05
done`;
// What has passed the NIC is printed at once; the last frames get a moment to arrive.
const end = `sleep 0.3; kill -INT "$(cat "/tmp/$1.pid")"; sleep 0.1; cat "/tmp/$1.out"; rm -f "/tmp/$1."*`;

let captures = 0;

/** Runs `action` while every place is listened at; answers with the lines of tcpdump -e -nn -v, by place. */
export async function captureWhile(
  { run }: RunningCloud,
  places: CaptureAt[],
  action: () => Promise<unknown>,
): Promise<string[]> {
  const named = places.map((place) => ({ ...place, name: `capture-${process.pid}-${(captures += 1)}` }));
  await Promise.all(
    named.map(({ node, device, namespace, filter, name }) =>
      run(
        node,
        ...[
          'sh',
          '-c',
          begin,
          'sh',
          name,
          ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]),
        ],
        ...['timeout', '30', 'tcpdump', '-e', '-nn', '-v', '-l', '--immediate-mode', '-i', device],
        ...(filter === undefined ? [] : [filter]),
      ),
    ),
  );
  const acted = await Promise.allSettled([action()]);
  const seen = await Promise.all(named.map(({ node, name }) => run(node, 'sh', '-c', end, 'sh', name)));
  if (acted[0].status === 'rejected') throw acted[0].reason as Error;
  return seen;
}
