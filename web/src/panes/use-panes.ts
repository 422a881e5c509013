// The layout of the lab page: kept in the browser, changed by buttons, bars and keys.
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useSettings } from '../settings.ts';
import * as change from './layout.ts';
import { parseLayout, type Layout, type PaneName, type Share } from './layout.ts';

const key = 'patchbay-panes';
/** Below this many letters' widths the panes become tabs. */
const narrowestRem = 56;

export interface PanesView {
  layout: Layout;
  /** Only one pane has room. */
  isNarrow: boolean;
  toggleHidden(name: PaneName): void;
  toggleMaximised(name: PaneName): void;
  /** Makes sure that a pane can be seen. */
  reveal(name: PaneName): void;
  setShare(name: Share, percent: number): void;
  nextArrangement(): void;
}

export function usePanes(): PanesView {
  const [layout, setLayout] = useState(() => parseLayout(localStorage.getItem(key)));
  useEffect(() => localStorage.setItem(key, JSON.stringify(layout)), [layout]);
  const isNarrow = useIsNarrow();
  const actions = useMemo(
    () => ({
      toggleHidden: (name: PaneName) => setLayout((before) => change.toggleHidden(before, name)),
      toggleMaximised: (name: PaneName) => setLayout((before) => change.toggleMaximised(before, name)),
      reveal: (name: PaneName) => setLayout((before) => change.reveal(before, name)),
      setShare: (name: Share, percent: number) =>
        setLayout((before) => change.setShare(before, name, percent)),
      nextArrangement: () => setLayout(change.nextArrangement),
    }),
    [],
  );
  return { ...actions, layout, isNarrow };
}

/** Width is counted in the chosen text size: large letters on a projector need tabs earlier. */
function useIsNarrow(): boolean {
  const { textSize } = useSettings();
  const query = useMemo(() => window.matchMedia(`(max-width: ${narrowestRem * textSize}px)`), [textSize]);
  const subscribe = useCallback(
    (listener: () => void) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => query.matches);
}
