// One MariaDB for all tests of the project `mariadb`, unless PATCHBAY_TEST_DATABASE names one that runs.
import type { TestProject } from 'vitest/node';
import { startMariadb } from '../mariadb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    mariadb: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const known = process.env.PATCHBAY_TEST_DATABASE;
  if (known !== undefined) {
    project.provide('mariadb', known);
    return async () => undefined;
  }
  const server = await startMariadb();
  project.provide('mariadb', server.url);
  return () => server[Symbol.asyncDispose]();
}
