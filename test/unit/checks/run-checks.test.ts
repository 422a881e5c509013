// How a step's checks are judged: order, needs, patience, negation, and the learner's fault against the lab's.
import { expect, it } from 'vitest';
import type { Check } from '../../../server/appliance/catalog/types.ts';
import { runChecks, verdictOf } from '../../../server/appliance/checks/run-checks.ts';
import type { CheckGround } from '../../../server/appliance/checks/run-checks.ts';
import { LabBroken } from '../../../server/appliance/checks/types.ts';

function check(name: string, changes: Partial<Check> = {}): Check {
  return {
    ...{
      name,
      kind: 'ping',
      args: { from: 'outside', to: name },
      isNegated: false,
      isGuard: false,
      needs: [],
    },
    ...{ hints: [], withinSeconds: 1, file: 'checks/01.yaml', line: 1 },
    ...changes,
  };
}

/** A place where the addresses in `answering` reply to pings; each ping is recorded. */
function ground(answering: (address: string, attempt: number) => boolean, fault?: string) {
  const pinged: string[] = [];
  const networks = [{ id: 'n-1', name: 'net01' }];
  const context: CheckGround = {
    exec: async (_target, argv) => {
      const address = argv.at(-1)!;
      pinged.push(address);
      const isThere = answering(address, pinged.filter((one) => one === address).length);
      return isThere
        ? { code: 0, stdout: '64 bytes: time=0.1 ms', stderr: '' }
        : { code: 1, stdout: '1 packets transmitted, 0 received', stderr: '' };
    },
    get: async (_service, path) => ({
      status: 200,
      body: { networks: networks.filter(({ name }) => path.endsWith(`name=${name}`)) },
    }),
    diagnose: async () => fault,
  };
  return { context, pinged };
}

it('a check that is not true yet is looked at again until it is', async () => {
  const { context, pinged } = ground((_address, attempt) => attempt >= 3);
  const [outcome] = await runChecks(context, [check('a')], { patience: 'settle' });
  expect(outcome!.result!.verdict).toBe('passed');
  expect(pinged).toEqual(['a', 'a', 'a']);
});

it('patience once looks once', async () => {
  const { context, pinged } = ground(() => false);
  const outcomes = await runChecks(context, [check('a')], { patience: 'once' });
  expect(verdictOf(outcomes)).toBe('failed');
  expect(pinged).toEqual(['a']);
});

it('a check whose cause failed is not run and says what it waits for', async () => {
  const { context, pinged } = ground((address) => address !== 'cause');
  const outcomes = await runChecks(
    context,
    [check('cause'), check('effect', { needs: ['cause'] }), check('other')],
    {
      patience: 'once',
    },
  );
  expect(outcomes.map(({ result, waitsFor }) => result?.verdict ?? waitsFor)).toEqual([
    'failed',
    'cause',
    'passed',
  ]);
  expect(pinged).toEqual(['cause', 'other']);
});

it('stops at the first check that does not pass when asked to', async () => {
  const { context, pinged } = ground(() => false);
  await runChecks(context, [check('a'), check('b')], { patience: 'once', stopAtFirst: true });
  expect(pinged).toEqual(['a']);
});

it('a negated check passes when its kind fails, and says so', async () => {
  const { context } = ground((address) => address === 'open');
  const outcomes = await runChecks(
    context,
    [check('closed', { isNegated: true }), check('open', { isNegated: true })],
    { patience: 'once' },
  );
  expect(outcomes.map(({ result }) => result!.verdict)).toEqual(['passed', 'failed']);
  expect(outcomes[0]!.result!.expected).toBe('not: an echo reply from closed');
});

it('a failed check in a broken lab is called broken, with the reason', async () => {
  const { context } = ground(() => false, 'service neutron-l3-agent on network does not run');
  const [outcome] = await runChecks(context, [check('a')], { patience: 'once' });
  expect(outcome!.result).toMatchObject({
    verdict: 'broken',
    observed: 'service neutron-l3-agent on network does not run; no answer from a',
  });
});

it('a place that cannot run anything makes the lab broken, also for a negated check', async () => {
  const { context } = ground(() => true);
  const exec = async () => {
    throw new LabBroken('node outside runs no commands');
  };
  const outcomes = await runChecks({ ...context, exec }, [check('a'), check('b', { isNegated: true })], {
    patience: 'once',
  });
  expect(outcomes.map(({ result }) => result!.verdict)).toEqual(['broken', 'broken']);
});

it('a name the cloud does not know fails a check, also a negated one', async () => {
  const { context, pinged } = ground(() => false);
  const args = { from: 'outside', to: '{network:net02}' };
  const outcomes = await runChecks(context, [check('a', { args }), check('b', { args, isNegated: true })], {
    patience: 'once',
  });
  expect(outcomes.map(({ result }) => result!.verdict)).toEqual(['failed', 'failed']);
  expect(outcomes[0]!.result).toMatchObject({
    observed: 'there is no network net02',
    command: { place: 'controller', text: 'neutron net-list' },
  });
  expect(pinged).toEqual([]);
});

it('placeholders are answered by the API before the check looks', async () => {
  const { context, pinged } = ground(() => true);
  await runChecks(
    context,
    [check('a', { args: { from: 'outside', to: 'x{network:net01}y{network:net01:name}' } })],
    {
      patience: 'once',
    },
  );
  expect(pinged).toEqual(['xn-1ynet01']);
});

it('checks that need nothing of each other look at the same time, and are answered in their order', async () => {
  const { context } = ground(() => true);
  let arrived = 0;
  let open: () => void = () => undefined;
  const bothArrived = new Promise<void>((resolve) => (open = resolve));
  const exec: CheckGround['exec'] = async (target, argv) => {
    if (++arrived === 2) open();
    await bothArrived;
    return context.exec(target, argv);
  };
  const outcomes = await runChecks({ ...context, exec }, [check('a'), check('b')], { patience: 'once' });
  expect(outcomes.map(({ check: { name }, result }) => `${name} ${result!.verdict}`)).toEqual([
    'a passed',
    'b passed',
  ]);
});

it('an absence is not proven by a question that was never asked', async () => {
  const { context } = ground(() => false);
  const exec = async () => ({ code: 2, stdout: '', stderr: 'ping: connect: Network is unreachable' });
  const [outcome] = await runChecks({ ...context, exec }, [check('a', { isNegated: true })], {
    patience: 'once',
  });
  expect(outcome!.result).toEqual({
    verdict: 'failed',
    observed: 'this proves nothing: outside sent no request; a: Network is unreachable',
    expected: 'not: an echo reply from a',
    where: 'outside',
    command: { place: 'outside', text: 'ping -c 3 a' },
  });
});

it('an absence in a broken lab is broken: everything is absent there', async () => {
  const { context } = ground(() => false, 'service ovs-vswitchd on network does not run');
  const [outcome] = await runChecks(context, [check('a', { isNegated: true })], { patience: 'once' });
  expect(outcome!.result).toMatchObject({
    verdict: 'broken',
    observed: 'service ovs-vswitchd on network does not run; no answer from a',
  });
});
