// What `patchbay test --acceptance` can run: the suites of others, each against a cloud of the shape that it is about.
import type { CloudShape } from '../labs/cloud-shape.ts';

const overlay = { types: ['vxlan', 'gre', 'vlan'] } as const;

/**
 * The clouds of the acceptance tests, which run side by side: tests of theirs mostly wait. What needs no instance has a cloud
 * of its own, for else the first one would have as much to do as all others.
 */
export const acceptanceClouds = {
  api: overlay,
  vxlan: overlay,
  vlan: { types: ['vlan'] },
  bridge: { mechanism: 'linuxbridge', types: ['vxlan', 'vlan'] },
} as const satisfies Record<string, Partial<Record<keyof CloudShape, unknown>>>;

export type AcceptanceCloud = keyof typeof acceptanceClouds;

/** What the names of their labs begin with; labs of all tests begin with `test-`. */
export const acceptanceLabPrefix = 'test-accept-';

/**
 * Suite to the clouds it runs on. `guide` types the commands of the guide into the real client, `guide-own` into ours; the
 * others are lists of tests of Tempest: `test/acceptance/lists/NAME.txt`.
 */
export const acceptanceSuites: Record<string, readonly AcceptanceCloud[]> = {
  guide: ['api'],
  'guide-own': ['api'],
  'identity-v3': ['api'],
  'identity-v2': ['api'],
  'identity-v2-negative': ['api'],
  'api-network': ['api'],
  scenario: ['vxlan', 'vlan', 'bridge'],
  'scenario-extra': ['vxlan', 'vlan'],
};

/** One suite on one cloud. */
export interface AcceptanceRun {
  suite: string;
  cloud: AcceptanceCloud;
}

/**
 * The runs that words choose, in order of the clouds: `scenario` on every cloud it is for, `scenario@vlan` on one; all
 * where there is no word. Throws RangeError with the word that names nothing.
 */
export function chooseRuns(words: readonly string[]): AcceptanceRun[] {
  const all = Object.entries(acceptanceSuites).flatMap(([suite, clouds]) =>
    clouds.map((cloud) => ({ suite, cloud })),
  );
  const isMeant = ({ suite, cloud }: AcceptanceRun, word: string) =>
    word === suite || word === `${suite}@${cloud}`;
  for (const word of words) if (!all.some((run) => isMeant(run, word))) throw new RangeError(word);
  const chosen = all.filter((run) => words.length === 0 || words.some((word) => isMeant(run, word)));
  return Object.keys(acceptanceClouds).flatMap((cloud) => chosen.filter((run) => run.cloud === cloud));
}

/** The runs that the environment asks for: `PATCHBAY_ACCEPTANCE` has words with commas between them. */
export const askedRuns = ({ PATCHBAY_ACCEPTANCE: words = '' }: NodeJS.ProcessEnv): AcceptanceRun[] =>
  chooseRuns(words.split(',').filter(Boolean));
