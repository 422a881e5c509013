// The topology for those who do not look at pictures.
import type { DeviceState, LabState, NodePlumbing } from '../../../server/appliance/http/types.ts';
import { networkWords, stateWords } from './facts.ts';

export function TopologyText({ lab }: { lab: LabState }) {
  return (
    <details className="topology-text">
      <summary>The same as text</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">NICs</th>
            <th scope="col">Instances</th>
          </tr>
        </thead>
        <tbody>
          {lab.nodes.map(({ name, phase, nics }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{phase}</td>
              <td>
                {nics.map((nic) => `${nic.name} on ${nic.wire} ${nic.address ?? ''}`.trim()).join(', ')}
              </td>
              <td>
                {lab.instances
                  .filter(({ node }) => node === name)
                  .map((instance) =>
                    `${instance.name} ${instance.status} ${instance.addresses.join(' ')}`.trim(),
                  )
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lab.plumbing?.map((plumbing) => (
        <NodeText key={plumbing.node} plumbing={plumbing} />
      ))}
    </details>
  );
}

function NodeText({ plumbing: { node, bridges, namespaces, guests, devices } }: { plumbing: NodePlumbing }) {
  if (bridges.length + namespaces.length + guests.length === 0) return null;
  const holders = [
    ...bridges.map(({ name, kind, state }) => ({
      title: `${kind === 'linux' ? 'Linux bridge' : 'Open vSwitch bridge'} ${name}, ${stateWords[state]}`,
      held: devices.filter(({ bridge, linuxBridge }) => bridge === name || linuxBridge === name),
    })),
    ...namespaces.map(({ name, title }) => ({
      title: `${title}, namespace ${name}`,
      held: devices.filter(({ namespace }) => namespace === name),
    })),
    ...guests.map(({ id, title, isRunning }) => ({
      title: `Instance ${title}, ${isRunning ? 'running' : 'not running'}`,
      held: devices.filter(({ guest }) => guest === id),
    })),
  ];
  return (
    <section aria-label={`Inside of ${node}`}>
      <h3>{node}</h3>
      <ul>
        {holders.map(({ title, held }) => (
          <li key={title}>
            {title}
            <ul>
              {held.map((device) => (
                <li key={device.id}>{deviceWords(device)}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function deviceWords(device: DeviceState): string {
  const { name, state, addresses, tag, peer, remote, problem } = device;
  return [
    `${name} ${problem ?? stateWords[state]}`,
    addresses.join(' '),
    tag === undefined ? '' : `tag ${tag}`,
    networkWords(device),
    peer === undefined ? '' : `other end ${peer}`,
    remote === undefined ? '' : `to ${remote}`,
  ]
    .filter(Boolean)
    .join(', ');
}
