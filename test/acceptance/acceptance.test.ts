// Suites that others wrote for the real cloud, run with their own clients against ours: every test of theirs is one here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acceptanceClouds,
  chooseRuns,
  type AcceptanceCloud,
} from '../../server/appliance/cli/acceptance-suites.ts';
import { startClientCloud, tempestCloudOf, type ClientCloud } from './cloud.ts';
import { describeGuide } from './guide/describe-guide.ts';
import { createOutcomes, type Outcome } from './tempest/outcomes.ts';
import { readList, runList } from './tempest/run-list.ts';

/** Names of suites, and a pattern for the tests within: what `patchbay test --acceptance` was asked for. */
const { PATCHBAY_ACCEPTANCE: asked = '', PATCHBAY_ACCEPTANCE_MATCH: pattern } = process.env;
const runs = chooseRuns(asked.split(',').filter(Boolean));
const match = pattern === undefined ? undefined : new RegExp(pattern);

const clouds = Object.keys(acceptanceClouds) as AcceptanceCloud[];
for (const name of clouds.filter((one) => runs.some(({ cloud }) => cloud === one)))
  describe(name, () => {
    let cloud: ClientCloud;
    beforeAll(async () => {
      cloud = await startClientCloud(name);
    });
    afterAll(() => cloud?.release());

    for (const { suite } of runs.filter((run) => run.cloud === name))
      if (suite === 'guide' || suite === 'guide-own')
        describe(suite, () => describeGuide(() => cloud, { isOwn: suite === 'guide-own', match }));
      else describe(suite, () => describeList(() => cloud, suite));
  });

/** Tests of networks sleep ten seconds before they delete a subnet: several classes of them are run at once. */
function describeList(cloud: () => ClientCloud, list: string): void {
  const { ids, leftOut } = readList(list, match);
  const outcomes = createOutcomes(ids);
  let isOver: Promise<void>;

  beforeAll(async () => {
    const atOnce = list === 'api-network' ? 4 : 1;
    isOver = runList(cloud().client, { ids, outcomes, atOnce, cloud: await tempestCloudOf(cloud()) });
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
