// Every kind of check by the name used in checks/NN.yaml. A new kind is a file below kinds/ and a line here.
import { api } from './kinds/api.ts';
import { capture } from './kinds/capture.ts';
import { dhcpLease } from './kinds/dhcp-lease.ts';
import { dns } from './kinds/dns.ts';
import { exec } from './kinds/exec.ts';
import { flowTrace } from './kinds/flow-trace.ts';
import { flow } from './kinds/flow.ts';
import { http } from './kinds/http.ts';
import { interfaceKind } from './kinds/interface.ts';
import { iptables } from './kinds/iptables.ts';
import { namespace } from './kinds/namespace.ts';
import { ping } from './kinds/ping.ts';
import { tcp } from './kinds/tcp.ts';
import { throughput } from './kinds/throughput.ts';
import type { CheckKind } from './types.ts';

const all = [
  ...[api, capture, dhcpLease, dns, exec, flow, flowTrace],
  ...[http, interfaceKind, iptables, namespace, ping, tcp, throughput],
] as unknown as CheckKind<unknown>[];

export const kinds: ReadonlyMap<string, CheckKind<unknown>> = new Map(all.map((kind) => [kind.name, kind]));
