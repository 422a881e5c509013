// How the three panes of a lab page are arranged. Pure; use-panes.ts keeps it, panes.tsx draws it.

export const paneNames = ['guide', 'terminals', 'topology'] as const;
export type PaneName = (typeof paneNames)[number];

export const paneTitles: Record<PaneName, string> = {
  guide: 'Guide',
  terminals: 'Terminals',
  topology: 'Topology',
};

/** Where the topology is: below the terminals, below the guide, or a column of its own. */
export const arrangements = ['below-terminals', 'below-guide', 'columns'] as const;
export type Arrangement = (typeof arrangements)[number];

/** A size that a person can set, in percent of the whole width or height. */
export type Share = 'guide' | 'terminals' | 'upper';

export interface Layout {
  arrangement: Arrangement;
  hidden: PaneName[];
  /** Alone on the page for now; what is hidden stays hidden. */
  maximised?: PaneName;
  /** The one that shows where only one has room. */
  front: PaneName;
  shares: Record<Share, number>;
}

export const firstLayout: Layout = {
  arrangement: 'below-terminals',
  hidden: [],
  front: 'guide',
  shares: { guide: 40, terminals: 35, upper: 58 },
};

export const shareLimits: Record<Share, { least: number; most: number }> = {
  guide: { least: 20, most: 65 },
  terminals: { least: 15, most: 60 },
  upper: { least: 15, most: 85 },
};

/** A bar between two panes. */
export interface Bar {
  share: Share;
  area: 'bar' | 'bar2';
  orientation: 'vertical' | 'horizontal';
  label: string;
}

export interface GridPlan {
  visible: PaneName[];
  areas: string;
  columns: string;
  rows: string;
  bars: Bar[];
}

const rest = 'minmax(0, 1fr)';
const bar = '0.5rem';
const share = (name: Share) => `minmax(0, calc(var(--${name}) * 1%))`;
const upright = (name: Share, label: string, area: Bar['area'] = 'bar'): Bar => ({
  ...{ share: name, area, orientation: 'vertical', label },
});
const lying = (label: string, area: Bar['area'] = 'bar'): Bar => ({
  ...{ share: 'upper', area, orientation: 'horizontal', label },
});

/** What is visible, as a CSS grid: names of areas are those of the panes and of the bars. */
export function gridOf(layout: Layout): GridPlan {
  const { arrangement } = layout;
  const visible = visiblePanes(layout);
  const [one, other] = visible;
  if (visible.length === 1) return { visible, areas: `"${one}"`, columns: rest, rows: rest, bars: [] };
  const isStacked =
    (arrangement === 'below-terminals' && one === 'terminals') ||
    (arrangement === 'below-guide' && one === 'guide' && other === 'topology');
  if (visible.length === 2 && isStacked)
    return {
      ...{
        visible,
        areas: `"${one}" "bar" "${other}"`,
        columns: rest,
        rows: `${share('upper')} ${bar} ${rest}`,
      },
      bars: [lying(`Height of the ${one}`)],
    };
  if (visible.length === 2)
    return {
      ...{ visible, areas: `"${one} bar ${other}"`, columns: `${share('guide')} ${bar} ${rest}`, rows: rest },
      bars: [upright('guide', `Width of the ${one}`)],
    };
  if (arrangement === 'columns')
    return {
      ...{ visible, areas: '"guide bar terminals bar2 topology"', rows: rest },
      columns: `${share('guide')} ${bar} ${share('terminals')} ${bar} ${rest}`,
      bars: [upright('guide', 'Width of the guide'), upright('terminals', 'Width of the terminals', 'bar2')],
    };
  const isBelowGuide = arrangement === 'below-guide';
  return {
    visible,
    areas: isBelowGuide
      ? '"guide bar terminals" "bar2 bar terminals" "topology bar terminals"'
      : '"guide bar terminals" "guide bar bar2" "guide bar topology"',
    columns: `${share('guide')} ${bar} ${rest}`,
    rows: `${share('upper')} ${bar} ${rest}`,
    bars: [
      upright('guide', 'Width of the guide'),
      lying(isBelowGuide ? 'Height of the guide' : 'Height of the terminals', 'bar2'),
    ],
  };
}

export function visiblePanes({ hidden, maximised }: Layout): PaneName[] {
  return maximised === undefined ? paneNames.filter((name) => !hidden.includes(name)) : [maximised];
}

/** Hides a pane or shows it again; the last one stays. */
export function toggleHidden(layout: Layout, name: PaneName): Layout {
  const { maximised: _maximised, ...whole } = layout;
  if (!visiblePanes(layout).includes(name)) return reveal(layout, name);
  const hidden = [...layout.hidden, name];
  return hidden.length === paneNames.length ? whole : { ...whole, hidden };
}

export function toggleMaximised(layout: Layout, name: PaneName): Layout {
  const { maximised, ...whole } = layout;
  return maximised === name ? whole : { ...whole, maximised: name };
}

/** Makes sure that a pane can be seen. */
export function reveal(layout: Layout, name: PaneName): Layout {
  if (layout.front === name && visiblePanes(layout).includes(name)) return layout;
  const { maximised, ...whole } = layout;
  return {
    ...whole,
    ...(maximised === name ? { maximised } : {}),
    front: name,
    hidden: layout.hidden.filter((other) => other !== name),
  };
}

export function setShare(layout: Layout, name: Share, percent: number): Layout {
  const { least, most } = shareLimits[name];
  return { ...layout, shares: { ...layout.shares, [name]: Math.min(most, Math.max(least, percent)) } };
}

export function nextArrangement(layout: Layout): Layout {
  const at = arrangements.indexOf(layout.arrangement);
  return { ...layout, arrangement: arrangements[(at + 1) % arrangements.length]! };
}

/** A layout from storage; what does not fit (an older page wrote it, a person edited it) is left out. */
export function parseLayout(text: string | null): Layout {
  let stored: Partial<Record<keyof Layout, unknown>>;
  try {
    stored = (JSON.parse(text ?? '{}') ?? {}) as typeof stored;
  } catch {
    return firstLayout;
  }
  const isPane = (name: unknown): name is PaneName => paneNames.includes(name as PaneName);
  const hidden = Array.isArray(stored.hidden) ? stored.hidden.filter(isPane) : [];
  let layout: Layout = {
    ...firstLayout,
    hidden: new Set(hidden).size < paneNames.length ? hidden : [],
    ...(isPane(stored.maximised) ? { maximised: stored.maximised } : {}),
    ...(isPane(stored.front) ? { front: stored.front } : {}),
    ...(arrangements.includes(stored.arrangement as Arrangement)
      ? { arrangement: stored.arrangement as Arrangement }
      : {}),
  };
  for (const [name, percent] of Object.entries(stored.shares ?? {}))
    if (name in shareLimits && Number.isFinite(percent))
      layout = setShare(layout, name as Share, Number(percent));
  return layout;
}
