// A host with two machines on one switch, and checks that look at it as at the node 'here' of a lab.
import type { Check } from '../../server/appliance/catalog/types.ts';
import { kinds } from '../../server/appliance/checks/kinds.ts';
import { createExec } from '../../server/appliance/checks/lab-exec.ts';
import { runChecks } from '../../server/appliance/checks/run-checks.ts';
import type { CheckContext, CheckResult } from '../../server/appliance/checks/types.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { machine, ovs } from './machine.ts';
import type { Machine } from './machine.ts';

export const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** Places: 'here', and 'netns:here:a' (10.0.0.1) and 'netns:here:b' (10.0.0.2), ports of br-int with tag 7. */
export interface CheckHost extends AsyncDisposable {
  a: Machine;
  b: Machine;
  /** What the API of the 'cloud' answers from now on. */
  answerApi: (answer: { status: number; body: unknown }) => void;
  look: (kind: string, args: Record<string, unknown>) => Promise<CheckResult>;
  /** The check turned round: it must not hold. */
  lookNot: (kind: string, args: Record<string, unknown>) => Promise<CheckResult>;
}

export async function checkHost(): Promise<CheckHost> {
  const vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-int', { datapath_type: 'netdev' }));
  const a = await machine({ name: 'a', address: '10.0.0.1/24' });
  const b = await machine({ name: 'b', address: '10.0.0.2/24' });
  await vsctl([a, b].flatMap(({ device }) => ensurePortCommands('br-int', device, { tag: 7 })));
  let answer: { status: number; body: unknown } = { status: 404, body: undefined };
  const get: CheckContext['get'] = async () => answer;
  const exec = createExec({
    get,
    runInNode: async (node, argv, { timeoutMs = 10_000, stdin } = {}) => {
      if (node !== 'here') throw new Error('no such container');
      const words: [string, ...string[]] = ['timeout', String(timeoutMs / 1000), ...argv];
      return run(words, { okCodes: anyCode, ...(stdin === undefined ? {} : { stdin }) });
    },
  });
  return {
    a,
    b,
    answerApi: (next) => void (answer = next),
    look: (kind, args) => {
      const found = kinds.get(kind)!;
      return found.run({ exec, get } as never, found.schema.parse(args));
    },
    lookNot: async (kind, args) => {
      const parsed = kinds.get(kind)!.schema.parse(args);
      const check: Check = {
        ...{
          name: 'It is not so',
          kind,
          args: parsed,
          isNegated: true,
          isGuard: false,
          needs: [],
          hints: [],
        },
        ...{ withinSeconds: 0, file: 'checks/01.yaml', line: 1 },
      };
      const ground = { exec, get, diagnose: async () => undefined };
      const [outcome] = await runChecks(ground, [check], { patience: 'once' });
      return outcome!.result!;
    },
    [Symbol.asyncDispose]: async () => {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await vswitch[Symbol.asyncDispose]();
    },
  };
}
