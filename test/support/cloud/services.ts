// Restarts and kills services of nodes, and waits until a restarted agent says that it is in step.
import type { RunningCloud } from './running-cloud.ts';

// $1 the service, $2... what is done to it. Ends when the agent has finished its first full pass.
const disturb = `service=$1; shift
log=/var/log/neutron/$service.log
before=$(wc -c <"$log")
"$@" >&2 || exit 1
tries=600
until tail -c "+$((before + 1))" "$log" | grep -q 'Everything is in step'; do
  [ $((tries -= 1)) -gt 0 ] || { tail -n5 "$log" >&2; exit 1; }
  sleep 0.05
done`;

const through = ({ run }: RunningCloud, node: string, service: string, ...argv: string[]) =>
  run(node, 'sh', '-c', disturb, 'sh', service, ...argv);

export const restartAgent = (cloud: RunningCloud, node: string, service: string) =>
  through(cloud, node, service, 'service', service, 'restart');

export const killAgent = (cloud: RunningCloud, node: string, service: string) =>
  through(cloud, node, service, 'sh', '-c', `kill -9 "$(cat "/etc/sv/${service}/supervise/pid")"`);
