// The order of a project's test files and their division among containers, so that nothing runs on alone at the end.
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds that a file takes on two cores beside what runs beside it, to a sixth or so, as the JSON report tells; what is not
 * named here takes a few. A clone that never ran its tests knows nothing else of their length.
 */
export const secondsOf: Readonly<Record<string, number>> = {
  'test/host/l3-ha.test.ts': 70,
  'test/host/openvswitch-agent.test.ts': 62,
  'test/host/linuxbridge-agent.test.ts': 57,
  'test/host/l3-dvr.test.ts': 55,
  'test/host/l3-agent.test.ts': 50,
  'test/host/openvswitch-agent-tunnels.test.ts': 29,
  'test/host/openvswitch-agent-faults.test.ts': 27,
  'test/host/l3-ipv6.test.ts': 25,
  'test/host/openvswitch-agent-dvr.test.ts': 25,
  'test/host/linuxbridge-agent-vxlan.test.ts': 21,
  'test/host/linuxbridge-agent-qos.test.ts': 20,
  'test/host/checks.test.ts': 20,
  'test/host/dhcp-agent.test.ts': 20,
  'test/host/openvswitch-agent-qos.test.ts': 18,
  'test/host/dhcp-ipv6.test.ts': 16,
  'test/host/l3-scopes.test.ts': 12,
  'test/lab/labs-proven.test.ts': 720,
  'test/lab/ovs-vlan-one-tenant.test.ts': 400,
  'test/lab/matrix.test.ts': 380,
  'test/lab/journey.test.ts': 200,
  'test/lab/live-migration.test.ts': 190,
  'test/lab/remapped-engine.test.ts': 100,
  'test/lab/terminals.test.ts': 45,
  'test/lab/real-clients.test.ts': 45,
  'test/lab/neighbours.test.ts': 35,
  'test/e2e/walk.test.ts': 270,
  'test/e2e/console-states.test.ts': 70,
};
const secondsElse = 6;

/** Files by how long they take; `nameOf` tells their names in the repository. Those of the same length stay as they come. */
export function longestFirst<File>(files: readonly File[], nameOf: (file: File) => string): File[] {
  const seconds = (file: File) => secondsOf[nameOf(file)] ?? secondsElse;
  return files.toSorted((a, b) => seconds(b) - seconds(a));
}

/** Divides them into parts that take about as long; the same parts, in whatever order they come. */
export function divide<File>(
  files: readonly File[],
  count: number,
  nameOf: (file: File) => string,
): File[][] {
  const parts = Array.from({ length: count }, () => ({ seconds: 0, files: [] as File[] }));
  const byName = files.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const file of longestFirst(byName, nameOf)) {
    const least = parts.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    least.files.push(file);
    least.seconds += secondsOf[nameOf(file)] ?? secondsElse;
  }
  return parts.map((part) => part.files);
}

/** For vitest: the longest file of each project first, and parts (`--shard`) of the same length. */
export class LongestFirst extends BaseSequencer {
  #nameOf = ({ moduleId }: TestSpecification) => relative(this.ctx.config.root, moduleId);

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const ofProject = Map.groupBy(sorted, ({ project }) => project);
    return [...ofProject.values()].flatMap((its) => longestFirst(its, this.#nameOf));
  }

  override shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index, count } = this.ctx.config.shard!;
    return Promise.resolve(divide(files, count, this.#nameOf)[index - 1]!);
  }
}
