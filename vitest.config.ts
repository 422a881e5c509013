// One project per kind of need; `./patchbay test` runs them all, `npm run test:<project>` one.
import { defineConfig } from 'vitest/config';

/** A project of tests below test/<name>; the slower ones share one machine, so their files run one by one. */
function project(name: string, timeoutMs: number, alone = false) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      fileParallelism: !alone,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('api', 30_000),
      project('host', 120_000, true),
      project('lab', 600_000, true),
      project('e2e', 600_000, true),
    ],
  },
});
