// Which clouds are worth having ready: those that were asked for most lately. Pure.
import type { Lab } from '../catalog/types.ts';

/** Two labs whose clouds are alike can stand in for each other. */
export const shapeKey = ({ cloud }: Pick<Lab, 'cloud'>): string =>
  JSON.stringify(cloud, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
      : value,
  );

/** Ids of labs that were started, the latest last. */
export const mostRemembered = 20;

/**
 * Labs to have ready, `count` of them: shared out over shapes as the labs started lately were, each seat to whoever has
 * most starts per seat; before anything was started the first ones of the catalog. `catalog` is in its own order.
 */
export function wantedLabs(catalog: readonly Lab[], recent: readonly string[], count: number): Lab[] {
  const shapes = new Map<string, { lab: Lab; starts: number; seats: number }>();
  const byId = new Map(catalog.map((lab) => [lab.id, lab]));
  for (const lab of catalog) {
    const key = shapeKey(lab);
    if (!shapes.has(key)) shapes.set(key, { lab, starts: 0, seats: 0 });
  }
  for (const id of recent.slice(-mostRemembered)) {
    const lab = byId.get(id);
    const shape = lab === undefined ? undefined : shapes.get(shapeKey(lab));
    if (shape === undefined) continue;
    shape.starts++;
    shape.lab = lab!;
  }
  const all = [...shapes.values()];
  const isAnyStarted = all.some(({ starts }) => starts > 0);
  const worth = ({ starts, seats }: (typeof all)[number]) => (isAnyStarted ? starts : 1) / (seats + 1);
  const wanted: Lab[] = [];
  while (wanted.length < count && all.length > 0) {
    const best = all.reduce((one, other) => (worth(other) > worth(one) ? other : one));
    best.seats++;
    wanted.push(best.lab);
  }
  return wanted;
}
