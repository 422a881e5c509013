// Questions to the running ovs-vswitchd over its control socket, as `ovs-appctl` asks them, without starting a process.
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { splitMessages } from './json-messages.ts';

const timeoutMs = 5000;

/** The answer to `ovs-appctl METHOD WORD...`; rejects when the switch does not run, refuses or does not answer in 5 s. */
export async function appctl(
  method: string,
  words: readonly string[],
  folder = '/run/openvswitch',
): Promise<string> {
  const pid = (await readFile(`${folder}/ovs-vswitchd.pid`, 'utf8')).trim();
  return new Promise((resolve, reject) => {
    const socket = connect(`${folder}/ovs-vswitchd.${pid}.ctl`);
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`ovs-vswitchd, ${method}: ${reason}`));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => fail(`no answer within ${timeoutMs} ms`));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('connection closed'));
    socket.on(
      'data',
      splitMessages(({ result, error }) => {
        if (error) return fail(String(error).trim());
        socket.removeAllListeners('close');
        socket.destroy();
        resolve(String(result));
      }),
    );
    socket.write(JSON.stringify({ id: 0, method, params: words }));
  });
}
