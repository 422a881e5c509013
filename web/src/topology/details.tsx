// What is known of the thing that was chosen in the picture.
import { useEffect, useRef } from 'react';
import type { DeviceState, LabState, NodeState } from '../../../server/appliance/http/types.ts';
import { factsOf, farNode, networkWords, stateWords } from './facts.ts';
import type { Part } from './inside.ts';

interface Props {
  lab: LabState;
  node: NodeState;
  part: Part | undefined;
  onOpen: (place: string) => void;
  onClose: () => void;
}

export function Details({ lab, node, part, onOpen, onClose }: Props) {
  const frame = useRef<HTMLElement>(null);
  const { title, terms, interfaces, commands } = factsOf(lab, node, part);
  const place = part === undefined ? node.name : part.place;
  const chosen = `${node.name} ${part?.id ?? ''}`;
  useEffect(() => {
    if (frame.current !== null) frame.current.scrollTop = 0;
  }, [chosen]);
  return (
    <aside
      className="thing-details"
      aria-label={`Details: ${title}`}
      ref={frame}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <header>
        <h3>{title}</h3>
        {place !== undefined && (
          <button className="primary" onClick={() => onOpen(place)}>
            Open a terminal
          </button>
        )}
        <button className="quiet" onClick={onClose}>
          Close
        </button>
      </header>
      <dl>
        {terms
          .filter(([, value]) => value !== '')
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {interfaces.length > 0 && <Interfaces lab={lab} interfaces={interfaces} />}
      <p className="soft">To see it yourself:</p>
      <ul className="thing-commands">
        {commands.map(({ place: where, text }) => (
          <li key={text}>
            <code>{text}</code> <span className="soft">on {where}</span>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Interfaces({ lab, interfaces }: { lab: LabState; interfaces: DeviceState[] }) {
  const farEnd = (remote: string) => [remote, farNode(lab, remote)].filter(Boolean).join(', ');
  return (
    <div className="thing-table">
      <table>
        <thead>
          <tr>
            {['Interface', 'State', 'Addresses', 'MAC', 'Bridge, tag', 'Other end', 'Network', 'Port'].map(
              (head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {interfaces.map((device) => (
            <tr key={device.id}>
              <th scope="row">{device.name}</th>
              <td>{device.problem ?? stateWords[device.state]}</td>
              <td>{device.addresses.join(' ')}</td>
              <td>{device.mac}</td>
              <td>
                {[device.bridge, device.tag === undefined ? '' : `tag ${device.tag}`]
                  .filter(Boolean)
                  .join(', ')}
              </td>
              <td>{device.remote ? farEnd(device.remote) : device.peer?.replace(/^[^/]{20,}\//, '')}</td>
              <td>{networkWords(device)}</td>
              <td>{device.port === undefined ? '' : device.port.name || device.port.id}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
