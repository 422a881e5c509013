// A lab's folder as the console's card and texts.
import { formatProblem, LabInvalid, LabUnknown } from '../catalog/lab-invalid.ts';
import { listLabs, readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import type { LabSource } from '../http/deps.ts';
import { needsOf } from '../labs/needs.ts';
import { defaultSpec } from '../labs/spec.ts';
import type { ProofsFile } from '../proof/proofs-file.ts';
import type { CatalogEntry } from '../http/types.ts';

export function entryOf(lab: Lab): CatalogEntry {
  const { id, title, level, minutes, chapter, summary, outcomes, nodeNames } = lab;
  return {
    id,
    title,
    level,
    minutes,
    chapter,
    summary,
    outcomes,
    nodeNames,
    stepCount: lab.steps.length,
    needs: needsAsFigures(lab),
  };
}

function needsAsFigures({ id, cloud }: Lab): CatalogEntry['needs'] {
  const { memoryBytes, cores } = needsOf(defaultSpec(id, cloud).nodes);
  return { memoryMegabytes: Math.round(memoryBytes / 2 ** 20), processorPercent: Math.ceil(cores * 100) };
}

/** The cards with how many of each lab are ready at once. */
export const withSupply = (entries: CatalogEntry[], supply: { warm(): Record<string, number> }) => {
  const warm = supply.warm();
  return entries.map((entry) => ({ ...entry, warm: warm[entry.id] ?? 0 }));
};

/** The card of a lab that cannot be read: it says why. */
export function invalidEntry(id: string, error: unknown): CatalogEntry {
  const problem =
    error instanceof LabInvalid
      ? error.problems.map(formatProblem).join('\n')
      : error instanceof Error
        ? error.message
        : String(error);
  const nothing = { level: 'beginner' as const, minutes: 0, chapter: '', summary: '', outcomes: [] };
  return { id, title: id, ...nothing, nodeNames: [], stepCount: 0, problem };
}

export function sourceOf(lab: Lab): LabSource {
  const outcomes = lab.outcomes.map((outcome) => `- ${outcome}`).join('\n');
  return {
    entry: entryOf(lab),
    introduction: `${lab.summary}\n\n### Afterwards you can\n\n${outcomes}`,
    gating: lab.gating,
    steps: lab.steps.map(({ number, title, markdown, solution, checks }) => ({
      number,
      title,
      markdown,
      solution: solution.map(({ place, text }) => ({ place, text })),
      checks: checks.map(({ name, hints, isGuard }) => ({ name, hints, isGuard })),
    })),
  };
}

/** Every lab folder, the invalid ones with their problem, the others with the time of their last proof. */
export async function readCatalog(
  labsFolder: string,
  proofs: Pick<ProofsFile, 'provenAt'>,
): Promise<CatalogEntry[]> {
  const readEntry = async (id: string): Promise<CatalogEntry> => {
    const lab = await readLab(labsFolder, id);
    const lastProvenAt = await proofs.provenAt(id, lab.folder);
    return { ...entryOf(lab), ...(lastProvenAt === undefined ? {} : { lastProvenAt }) };
  };
  const ids = await listLabs(labsFolder);
  return Promise.all(ids.map((id) => readEntry(id).catch((error: unknown) => invalidEntry(id, error))));
}

/** A lab's texts as its folder has them now; undefined where there is no such lab. */
export async function readSource(labsFolder: string, entry: string): Promise<LabSource | undefined> {
  try {
    return sourceOf(await readLab(labsFolder, entry));
  } catch (error) {
    if (error instanceof LabUnknown) return undefined;
    if (error instanceof LabInvalid)
      return { entry: invalidEntry(entry, error), introduction: '', gating: 'free', steps: [] };
    throw error;
  }
}
