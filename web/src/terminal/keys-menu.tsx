// The terminals' keys, a click away.
import { terminalKeys } from './terminal-keys.ts';

export function KeysMenu() {
  return (
    <details className="menu keys">
      <summary>Keys</summary>
      <dl className="menu-items">
        {terminalKeys.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
