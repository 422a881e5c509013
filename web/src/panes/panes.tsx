// Guide, terminals and topology: side by side with bars between them, or as tabs where there is room for one only. A pane
// keeps its place in the document whatever the arrangement, so that no terminal is drawn anew.
import { useRef, type CSSProperties, type ReactNode } from 'react';
import { gridOf, paneNames, paneTitles, shareLimits, type Bar, type PaneName } from './layout.ts';
import { PaneTabs } from './pane-tabs.tsx';
import type { PanesView } from './use-panes.ts';

export function Panes({ panes, contents }: { panes: PanesView; contents: Record<PaneName, ReactNode> }) {
  const { layout, isNarrow } = panes;
  const plan = gridOf(isNarrow ? { ...layout, maximised: layout.front } : layout);
  const frame = useRef<HTMLDivElement>(null);
  const style: Record<string, string | number> = {
    gridTemplateAreas: plan.areas,
    gridTemplateColumns: plan.columns,
    gridTemplateRows: plan.rows,
  };
  for (const [name, percent] of Object.entries(layout.shares)) style[`--${name}`] = percent;
  return (
    <>
      {isNarrow && <PaneTabs panes={panes} />}
      <div className="panes" ref={frame} style={style as CSSProperties}>
        {paneNames.map((name) => {
          const Tag = name === 'guide' ? 'main' : 'section';
          return (
            <Tag
              key={name}
              id={`pane-${name}`}
              className={`pane pane-${name}`}
              data-pane={name}
              tabIndex={-1}
              aria-label={paneTitles[name]}
              style={{ gridArea: name }}
              hidden={!plan.visible.includes(name)}
            >
              {contents[name]}
            </Tag>
          );
        })}
        {plan.bars.map((bar) => (
          <BarView key={bar.area} bar={bar} panes={panes} frame={frame} />
        ))}
      </div>
    </>
  );
}

interface BarProps {
  bar: Bar;
  panes: PanesView;
  frame: React.RefObject<HTMLDivElement | null>;
}

/** Moved by a mouse or by the arrow keys. */
function BarView({ bar, panes, frame }: BarProps) {
  const { share, orientation } = bar;
  const percent = panes.layout.shares[share];
  const isUpright = orientation === 'vertical';
  const { least, most } = shareLimits[share];
  const steps: Record<string, number> = isUpright
    ? { ArrowLeft: percent - 2, ArrowRight: percent + 2, Home: least, End: most }
    : { ArrowUp: percent - 2, ArrowDown: percent + 2, Home: least, End: most };
  const drag = (event: React.PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = frame.current!.getBoundingClientRect();
    const before = share === 'terminals' ? panes.layout.shares.guide : 0;
    panes.setShare(
      share,
      (isUpright ? (event.clientX - left) / width : (event.clientY - top) / height) * 100 - before,
    );
  };
  return (
    <div
      className={`pane-bar pane-bar-${orientation}`}
      style={{ gridArea: bar.area }}
      role="separator"
      aria-label={bar.label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(percent)}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        panes.setShare(share, to);
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    />
  );
}
