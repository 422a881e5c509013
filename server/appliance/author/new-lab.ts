// A new lab from a small complete one: a step, a check, two mistakes, hints. It lints clean and proves itself.
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Thrown where a lab cannot be made; says why and what to do. */
export class LabNotMade extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LabNotMade';
  }
}

const template = join(import.meta.dirname, 'template');

/** Makes `labsFolder`/`id`; throws LabNotMade for a name that does not fit or is taken. */
export async function makeNewLab(labsFolder: string, id: string): Promise<void> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
    throw new LabNotMade(
      `'${id}' is no name for a lab: small letters, digits and dashes, such as 'first-network'.`,
    );
  const folder = join(labsFolder, id);
  if (await stat(folder).catch(() => undefined))
    throw new LabNotMade(
      `There is a ${folder} already. Leave '--new' out to go on with it, or take another name.`,
    );
  await cp(template, folder, { recursive: true });
  const head = join(folder, 'lab.yaml');
  const title = id.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  await writeFile(head, (await readFile(head, 'utf8')).replace(/^title: .*$/m, `title: ${title}`));
}
