// The picture on the first page: a panel of jacks, some of them patched. Decoration only.

const columns = [20, 60, 100, 140, 180, 220, 260];
const cords = [
  { from: [20, 20], to: [140, 100], wire: 'data' },
  { from: [100, 20], to: [60, 100], wire: 'management' },
  { from: [180, 20], to: [260, 100], wire: 'external' },
  { from: [260, 20], to: [180, 100], wire: 'data' },
] as const;

export function PatchPanel() {
  return (
    <svg className="patch-panel" viewBox="0 0 280 132" aria-hidden="true">
      {[20, 100].flatMap((y) => columns.map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="9" />))}
      {cords.map(({ from: [x1, y1], to: [x2, y2], wire }) => (
        <path
          key={x1}
          className={`wire-${wire}`}
          d={`M${x1} ${y1}C${x1} ${y1 + 75} ${x2} ${y2 - 75} ${x2} ${y2}`}
        />
      ))}
    </svg>
  );
}
