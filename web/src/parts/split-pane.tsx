// Two panes side by side and a bar between them that a mouse or the arrow keys move.
import { useRef, useState } from 'react';

const key = 'patchbay-split';
const least = 25;
const most = 70;

export function SplitPane({ left, right }: { left: React.ReactNode; right: React.ReactNode }) {
  const [percent, setPercent] = useState(() => bounded(Number(localStorage.getItem(key) ?? 38)));
  const frame = useRef<HTMLDivElement>(null);
  const move = (to: number) => {
    const next = bounded(to);
    setPercent(next);
    localStorage.setItem(key, String(next));
  };
  return (
    <div className="split" ref={frame} style={{ '--split': `${percent}%` } as React.CSSProperties}>
      {left}
      <div
        className="split-bar"
        role="separator"
        aria-label="Width of the guide"
        aria-orientation="vertical"
        aria-valuenow={Math.round(percent)}
        aria-valuemin={least}
        aria-valuemax={most}
        tabIndex={0}
        onKeyDown={({ key: pressed }) => {
          if (pressed === 'ArrowLeft') move(percent - 2);
          if (pressed === 'ArrowRight') move(percent + 2);
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const { left: start, width } = frame.current!.getBoundingClientRect();
          move(((event.clientX - start) / width) * 100);
        }}
      />
      {right}
    </div>
  );
}

const bounded = (percent: number) => Math.min(most, Math.max(least, Number.isFinite(percent) ? percent : 38));
