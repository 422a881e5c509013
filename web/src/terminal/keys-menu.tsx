// The terminals' keys, a click away.
import { terminalKeys } from './terminal-keys.ts';

export function KeysMenu() {
  return (
    <details className="menu keys">
      <summary>Keys</summary>
      <dl className="menu-items">
        {terminalKeys.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              <kbd>{keys.map((held) => held.join('+')).join(', ')}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
