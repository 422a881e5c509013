// The topology for those who do not look at pictures.
import type { LabState } from '../../../server/appliance/http/types.ts';

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
    </details>
  );
}
