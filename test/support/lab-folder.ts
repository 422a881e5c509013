// A small valid lab in a folder of its own, so that a test can spoil one file and look at the error.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const validFiles: Record<string, string> = {
  'lab.yaml': `title: A lab
level: beginner
minutes: 10
chapter: Chapter 5
summary: One network.
outcomes:
  - Create a network
steps:
  - network
`,
  '01-network.md': `# Create a network

Type this:

\`\`\`controller
neutron net-create net01
\`\`\`
`,
  'solution/01': `# terminal: controller
neutron net-create net01
`,
  'checks/01.yaml': `checks:
  - name: There is a net01
    api: { get: '/networks/{network:net01}', at: network.name, equals: net01 }
`,
  'mistakes/other-name.yaml': `title: Another name
step: network
trips: There is a net01
instead: |
  # terminal: controller
  neutron net-create net1
undo: |
  # terminal: controller
  neutron net-delete net1
`,
};

export interface LabFolder {
  /** The folder of all labs; the lab's id is 'sample'. */
  path: string;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** Writes the lab with some files replaced, or left out (undefined). */
export async function labFolder(replaced: Record<string, string | undefined> = {}): Promise<LabFolder> {
  const path = await mkdtemp(join(tmpdir(), 'patchbay-labs-'));
  for (const [name, text] of Object.entries({ ...validFiles, ...replaced })) {
    if (text === undefined) continue;
    const file = join(path, 'sample', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The text of one of the valid files with a part replaced. */
export function validFile(name: string, from = '', to = ''): string {
  return validFiles[name]!.replace(from, to);
}
