// Puts the cloud as it is in the sources now into the nodes of a running lab and restarts its daemons.
//   node test/support/refresh.ts LAB
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import { packTar } from '../../server/appliance/engine/tar.ts';
import { containerName } from '../../server/appliance/labs/names.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { bundleCloud } from '../../server/appliance/set-up/bundle.ts';

const restart =
  'for one in /etc/service/keystone-all /etc/service/glance-api /etc/service/nova-* /etc/service/neutron-*; do [ ! -d "$one" ] || sv term "$one"; done';

const [name = ''] = process.argv.slice(2);
const engine = await connectEngine(process.env);
const [lab] = await listLabs(engine, name);
if (lab === undefined) throw new Error(`No lab named '${name}' is running`);
const files = packTar(
  (await bundleCloud()).map((file) => ({ ...file, path: `usr/lib/patchbay/${file.path}` })),
);
for (const node of lab.nodes) {
  if (node.kind === 'outside') continue;
  const container = containerName(lab.name, node.name);
  await engine.putFiles(container, files);
  await engine.exec(container, ['sh', '-c', restart]);
}
