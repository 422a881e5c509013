// Which labs of the catalog are shown, and in which order. Pure.
import type { CatalogEntry } from '../../../server/appliance/http/types.ts';

export const levels = ['beginner', 'intermediate', 'advanced'] as const;
export type Level = CatalogEntry['level'];

const chapterOf = ({ chapter }: CatalogEntry) => Number(/\d+/.exec(chapter)?.[0] ?? Infinity);

/** By chapter of the guide; within a chapter as the appliance serves them. */
export const inGuideOrder = (entries: CatalogEntry[]) =>
  entries.toSorted((one, other) => Math.sign(chapterOf(one) - chapterOf(other)) || 0);

/** Labs of a level that have every word of `text` somewhere in what their card says. */
export function chosen(entries: CatalogEntry[], level: Level | undefined, text: string): CatalogEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return inGuideOrder(entries).filter((entry) => {
    const said = [entry.title, entry.chapter, entry.summary, entry.id, ...entry.outcomes]
      .join(' ')
      .toLowerCase();
    return (level === undefined || entry.level === level) && words.every((word) => said.includes(word));
  });
}
