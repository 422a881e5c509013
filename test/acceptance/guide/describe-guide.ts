// The commands of the guide, typed into the real client beside the cloud or into ours on its controller.
import { afterEach, expect, it } from 'vitest';
import { exec } from '../../../server/appliance/labs/exec.ts';
import { projectId, type ClientCloud } from '../cloud.ts';
import { sections } from './sections.ts';
import { sweep } from './sweep.ts';
import { createTypist, type RunNeutron } from './typist.ts';

/** One test per section, that ends as it began. `match` chooses sections by their names. */
export function describeGuide(
  cloud: () => ClientCloud,
  { isOwn, match }: { isOwn: boolean; match: RegExp | undefined },
): void {
  const chosen = Object.entries(sections).filter(([name]) => match?.test(name) ?? true);
  const run: RunNeutron = (argv, given = {}) => {
    const { client, engine, lab } = cloud();
    const taken = Object.keys(given).filter((name) => given[name] === undefined);
    const command = ['env', ...taken.flatMap((name) => ['-u', name]), 'neutron', ...argv];
    const env = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    if (!isOwn) return client.run(command, { env });
    return exec(engine, lab.id, 'controller', command, { env: { ...client.credentials, ...env } });
  };
  afterEach(() => sweep(cloud().admin));

  it.each(chosen)('%s', async (_, { commands, type }) => {
    const typist = createTypist(run, (name) => projectId(cloud().admin, name));
    await type(typist, async (...argv) => {
      const { code, stdout, stderr } = await run(argv);
      if (code !== 0) throw new Error(`neutron ${argv.join(' ')}: ${stderr}`);
      return /^\| *id *\| *([0-9a-f-]+) *\|$/m.exec(stdout)?.[1] ?? '';
    });
    expect(typist.failures).toEqual([]);
    expect(typist.typed).toBe(commands);
  });
}
