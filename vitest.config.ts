// One project per kind of need; `./patchbay test` runs them all, `npm run test:<project>` one.
import { defineConfig } from 'vitest/config';
import { acceptanceClouds, askedRuns } from './server/appliance/cli/acceptance-suites.ts';
import { LongestFirst } from './test/support/longest-first.ts';

/** A project of tests below test/<name>; the slower ones share one machine, so only so many of their files run at once. */
function project(name: string, timeoutMs: number, filesAtOnce?: number | string) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      // a second by itself, which a busy machine takes for less than a node's start
      expect: { poll: { timeout: Math.min(timeoutMs / 2, 30_000) } },
      ...(filesAtOnce === undefined ? {} : { maxWorkers: filesAtOnce }),
    },
  };
}

/** The APIs once more, and what is said of both stores, over a MariaDB in a container. */
const overMariadb = {
  test: {
    ...project('mariadb', 60_000).test,
    include: ['test/api/{networking,identity,compute,image}/**/*.test.ts', 'test/store/**/*.test.ts'],
    globalSetup: ['test/support/mariadb/global-setup.ts'],
    setupFiles: ['test/support/mariadb/use.ts'],
  },
};

/** A file a cloud, all side by side. A file without a test would fail: only those of clouds that were asked for are there. */
const acceptance = {
  test: {
    // a suite of others runs as one, and its tests wait for their turn in it
    ...project('acceptance', 4 * 3_600_000, Object.keys(acceptanceClouds).length).test,
    include: [...new Set(askedRuns(process.env).map(({ cloud }) => `test/acceptance/${cloud}.test.ts`))],
  },
};

/** Two files at once: the walk through two labs mostly waits for them. */
const inBrowser = {
  test: { ...project('e2e', 600_000, 2).test, globalSetup: ['test/support/built-pages.ts'] },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      // a file for each core: by itself vitest leaves one out, which is half of two
      project('unit', 10_000, '100%'),
      project('api', 30_000),
      overMariadb,
      project('host', 120_000, 1),
      project('lab', 600_000, 2),
      project('faults', 600_000, 1),
      inBrowser,
      acceptance,
    ],
  },
});
