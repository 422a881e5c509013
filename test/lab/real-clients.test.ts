// The guide's commands as their real client sends them: a few sections of the acceptance tests, for every run.
import { afterAll, beforeAll, describe } from 'vitest';
import { startClientCloud, type ClientCloud } from '../acceptance/cloud.ts';
import { describeGuide } from '../acceptance/guide/describe-guide.ts';

let cloud: ClientCloud;
beforeAll(async () => {
  cloud = await startClientCloud('vxlan');
});
afterAll(() => cloud?.release());

describe("the real client's commands", () =>
  describeGuide(() => cloud, { isOwn: false, match: /^(ovs1|router-shape|secgroups)$/ }));
