// Suites that others wrote for the real cloud, run with their own clients against ours: every test of theirs is one here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedRuns, type AcceptanceCloud } from '../../server/appliance/cli/acceptance-suites.ts';
import { inTurn } from '../support/in-turn.ts';
import { startClientCloud, tempestCloudOf, type ClientCloud } from './cloud.ts';
import { describeGuide } from './guide/describe-guide.ts';
import { createOutcomes, type Outcome } from './tempest/outcomes.ts';
import { readList, runList, type Workers } from './tempest/run-list.ts';

/** A pattern for the tests that `patchbay test --acceptance` was asked for. */
const { PATCHBAY_ACCEPTANCE_MATCH: pattern } = process.env;
const match = pattern === undefined ? undefined : new RegExp(pattern);

/** A start keeps a core busy: the clouds are started one after the other, and this is for all of them. */
const startWithinMs = 15 * 60_000;

/** The suites that were asked for on this cloud, one after the other. */
export function describeCloud(name: AcceptanceCloud): void {
  const suites = askedRuns(process.env).flatMap(({ suite, cloud }) => (cloud === name ? [suite] : []));
  describe(name, () => {
    let cloud: ClientCloud;
    beforeAll(async () => {
      cloud = await inTurn('acceptance-cloud', startWithinMs, () => startClientCloud(name));
    });
    afterAll(() => cloud?.release());

    for (const suite of suites)
      if (suite === 'guide' || suite === 'guide-own')
        describe(suite, () => describeGuide(() => cloud, { isOwn: suite === 'guide-own', match }));
      else describe(suite, () => describeList(() => cloud, suite));
  });
}

/** Its tests sleep ten seconds before they delete a subnet: many classes of them are run at once. */
const workersOf: Record<string, Workers> = { 'api-network': { count: 8, longest: 'NetworksTestDHCPv6' } };

function describeList(cloud: () => ClientCloud, list: string): void {
  const { ids, leftOut } = readList(list, match);
  const outcomes = createOutcomes(ids);
  let isOver: Promise<void>;

  beforeAll(async () => {
    const made = await tempestCloudOf(cloud());
    isOver = runList(cloud().client, { ids, outcomes, cloud: made, workers: workersOf[list] });
  });
  afterAll(async () => {
    outcomes.end('It was not begun');
    const found = await Promise.all(ids.map((id) => outcomes.of(id)));
    const count = (kind: Outcome['kind']) => found.filter((outcome) => outcome.kind === kind).length;
    const kinds = (['passed', 'failed', 'skipped', 'not run'] as const).map(
      (kind) => `${count(kind)} ${kind}`,
    );
    console.info(
      `${list}: ${ids.length + leftOut.length} tests: ${kinds.join(', ')}, ${leftOut.length} left out`,
    );
    for (const { id, reason } of leftOut) console.info(`left out: ${id}: ${reason}`);
  });
  it.each(ids)('%s', async (id) => {
    const outcome = await outcomes.of(id);
    expect(outcome, JSON.stringify(outcome)).toEqual({ kind: 'passed' });
  });
  it('every class put away what it had made', async () => {
    await isOver;
    expect(outcomes.undone).toEqual([]);
  });
}
