// The cloud of the API bench: a controller as every lab has it, alone, so that no agent shares the processor, as the real one was
// measured. Identity, the message queue and the server are its own processes; the database is a file.
import type { Engine } from '../../server/appliance/engine/engine.ts';
import { createLab } from '../../server/appliance/labs/create.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { defaultSpec, type LabImages } from '../../server/appliance/labs/spec.ts';
import { attachLab } from '../../server/appliance/proof/attach-lab.ts';
import type { ProofLab } from '../../server/appliance/proof/deps.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { takeToken } from './cloud-admin.ts';

export interface ApiCloud extends AsyncDisposable {
  lab: ProofLab;
  /** `http://address:9696/v2.0`. */
  url: string;
  /** Of user demo, a member of project demo. */
  token: string;
  /** Proportional set size of the server's process, in MiB. */
  memory(): Promise<number>;
  /** Wall clock of `neutron net-list` on the controller, in milliseconds, `count` times after a first one. */
  netList(count: number): Promise<number[]>;
}

const name = 'bench-api';
/** High, but limits: they are checked with every create. */
const limit = '200000';

const option = (file: string, section: string, option: string, value: string) => ({
  ...{ node: 'controller', file: `/etc/neutron/${file}`, section, option, value },
});

const config = [
  ...['network', 'subnet', 'port'].map((resource) =>
    option('neutron.conf', 'quotas', `quota_${resource}`, limit),
  ),
  option('plugins/ml2/ml2_conf.ini', 'ml2_type_vlan', 'network_vlan_ranges', 'physnet1,physnet2:101:400'),
];

/** Starts it; disposing removes it whole. */
export async function startApiCloud(
  engine: Engine,
  { images, signal }: { images: LabImages; signal: AbortSignal },
): Promise<ApiCloud> {
  const spec = defaultSpec(name, { config });
  const nodes = spec.nodes.filter(({ kind }) => kind === 'controller');
  await createLab(
    engine,
    { ...spec, nodes },
    {
      ...{ images, imagesFolder: folders.images, isCloudAwaited: true },
      ...{ onEvent: () => undefined, signal },
    },
  );
  const lab = await attachLab(engine, name);
  try {
    const run = async (script: string, timeoutMs = 20_000): Promise<string> => {
      const { code, stdout, stderr } = await lab.runInNode('controller', ['bash', '-c', script], {
        timeoutMs,
      });
      if (code !== 0) throw new Error(`The controller answers ${code}: ${stdout}${stderr}`);
      return stdout;
    };
    const password = (await run('. /root/openrc-demo && printf %s "$OS_PASSWORD"')).trim();
    const { token } = await takeToken(lab, { user: 'demo', password, project: 'demo' });
    return {
      lab,
      token,
      url: `${await nearest(engine, lab)}/v2.0`,
      async memory() {
        const text = await run(`cat "/proc/$(pgrep -o -f '[m]ain.js neutron-server')/smaps_rollup"`);
        const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
        if (kilobytes === undefined) throw new Error('The server does not show its memory');
        return Number(kilobytes) / 1024;
      },
      async netList(count) {
        const text = await run(
          `. /root/openrc-demo && for round in $(seq ${count + 1}); do
             began=\${EPOCHREALTIME/./}
             neutron net-list >/dev/null || exit 1
             echo $(( \${EPOCHREALTIME/./} - began ))
           done`,
          60_000,
        );
        const micro = text.trim().split('\n').map(Number);
        return micro.slice(1).map((value) => value / 1000);
      },
      [Symbol.asyncDispose]: () => lab.destroy(),
    };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
}

/** The controller's own address where it can be reached from here; the published port, which a proxy copies to it, elsewhere. */
async function nearest(engine: Engine, lab: ProofLab): Promise<string> {
  const [status] = await listLabs(engine, lab.id);
  const address = status?.nodes.find(({ kind }) => kind === 'controller')?.address ?? '';
  const direct = `http://${address}:9696`;
  const isThere = await fetch(direct, { signal: AbortSignal.timeout(1000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return true;
    },
    () => false,
  );
  return isThere ? direct : lab.endpoints.network;
}
