// The iptables tables of one router: metadata, source NAT, floating IPs. Pure; spelt as iptables-save prints them.
import type { Tables } from '../../../host/iptables.ts';
import { noScope, type ScopeMarks } from './address-scopes.ts';
import { iptablesFrame } from '../iptables-frame.ts';
import { metadataAddress } from '../metadata-proxy-file.ts';

export const chainPrefix = 'neutron-l3-agent';

export interface RouterNat {
  /** Devices of the router's internal ports. */
  internalDevices: string[];
  gateway?: {
    device: string;
    /** Its first IPv4 address. */
    address: string | undefined;
    isSnatEnabled: boolean;
  };
  floatingIps: { floating: string; fixed: string }[];
  /**
   * Translated connections keep their ports where they can, so that another host of a highly available router, which knows
   * none of them, translates them as this one did.
   */
  keepsPorts?: boolean;
  /** An internal device that floating IPs come and go by, in place of the gateway (a distributed router). */
  floatingDevice?: string;
  /** Undefined: every device is in no address scope. */
  scopes?: ScopeMarks | undefined;
  /** Port of the metadata proxy; undefined: none. */
  metadataPort?: number;
}

/** Marks: of metadata requests, of what came in by the gateway. */
const metadataMark = '0x1/0xffff';
const gatewayMark = '0x2/0xffff';
const own = (chain: string) => `${chainPrefix}-${chain}`;
const metadataRequest = `-d ${metadataAddress}/32 -i qr-+ -p tcp -m tcp --dport 80`;

export function routerTables(nat: RouterNat): Tables {
  const tables = iptablesFrame(chainPrefix, { nat: true });
  const add = (table: string, chain: string, ...rules: string[]) => {
    (tables[table]![own(chain)] ??= []).push(...rules);
  };
  addScopes(add, nat, 4);
  addFloatingScopes(add, nat);
  if (nat.metadataPort !== undefined) addMetadata(add, nat.metadataPort);
  if (nat.gateway !== undefined)
    addGateway(add, nat.gateway, { ports: portsOf(nat), scope: outerScope(nat) });
  const { floatingDevice } = nat;
  if (floatingDevice !== undefined) add('nat', 'POSTROUTING', onlyBy(floatingDevice));
  for (const { floating, fixed } of nat.floatingIps) {
    const translate = `-j DNAT --to-destination ${fixed}`;
    if (floatingDevice === undefined)
      for (const chain of ['PREROUTING', 'OUTPUT']) add('nat', chain, `-d ${floating}/32 ${translate}`);
    else add('nat', 'PREROUTING', `-d ${floating}/32 -i ${floatingDevice} ${translate}`);
    add('nat', 'float-snat', `-s ${fixed}/32 -j SNAT --to-source ${floating}${portsOf(nat)}`);
  }
  return tables;
}

const portsOf = ({ keepsPorts }: RouterNat) => (keepsPorts ? '' : ' --random-fully');

/** What leaves by another device keeps its addresses. */
const onlyBy = (device: string) => `! -o ${device} -m conntrack ! --ctstate DNAT -j ACCEPT`;

/** IPv6 is routed, never translated. */
export function routerTables6(nat: Pick<RouterNat, 'internalDevices' | 'gateway' | 'scopes'>): Tables {
  const tables = iptablesFrame(chainPrefix, { nat: false });
  addScopes((table, chain, ...rules) => (tables[table]![own(chain)] ??= []).push(...rules), nat, 6);
  return tables;
}

type Add = (table: string, chain: string, ...rules: string[]) => void;

/** Address scopes travel in the upper half of the connection's mark; what leaves a scope unmarked is dropped. */
function addScopes(
  add: Add,
  { internalDevices, gateway, scopes }: Pick<RouterNat, 'internalDevices' | 'gateway' | 'scopes'>,
  version: 4 | 6,
): void {
  const markOf = (device: string) => scopes?.[version][device] ?? noScope;
  const devices = internalDevices.toSorted();
  const unset = '-m connmark --mark 0x0/0xffff0000';
  const save = '-j CONNMARK --save-mark --nfmask 0xffff0000 --ctmask 0xffff0000';
  add(
    'mangle',
    'PREROUTING',
    `-j ${own('scope')}`,
    `-m connmark ! --mark 0x0/0xffff0000 -j CONNMARK --restore-mark --nfmask 0xffff0000 --ctmask 0xffff0000`,
    `-j ${own('floatingip')}`,
  );
  add('mangle', 'floatingip');
  add('mangle', 'float-snat', `${unset} ${save}`);
  add(
    'mangle',
    'scope',
    ...[...devices, ...(gateway === undefined ? [] : [gateway.device])].map(
      (device) => `-i ${device} -j MARK --set-xmark ${markOf(device)}`,
    ),
  );
  if (gateway !== undefined) add('mangle', 'POSTROUTING', `-o ${gateway.device} ${unset} ${save}`);
  add('filter', 'FORWARD', `-j ${own('scope')}`);
  // What is translated on its way out may leave for any scope.
  const isTranslated = version === 4 && gateway?.isSnatEnabled === true;
  const outer = scopes === undefined || gateway === undefined || isTranslated ? [] : [gateway.device];
  add(
    'filter',
    'scope',
    ...[...devices, ...outer].map((device) => `-o ${device} -m mark ! --mark ${markOf(device)} -j DROP`),
  );
}

/** Where floating IPs lead out of: the gateway, or the device that stands for it. */
const outerDevice = ({ floatingDevice, gateway }: RouterNat) => floatingDevice ?? gateway?.device;

/** The scope outside, if it is one. */
const outerScope = (nat: RouterNat): string | undefined => {
  const mark = nat.scopes?.[4][nat.gateway?.device ?? ''];
  return mark === noScope ? undefined : mark;
};

/** Floating IPs join an address to the scope outside, both ways. */
function addFloatingScopes(add: Add, nat: RouterNat): void {
  const { scopes, floatingIps } = nat;
  const outer = outerDevice(nat);
  if (scopes === undefined || outer === undefined) return;
  const outerMark = scopes[4][outer] ?? noScope;
  const crossing = floatingIps.filter(({ fixed }) => scopes.ofAddress(fixed) !== outerMark);
  if (crossing.length > 0) add('mangle', 'float-snat', `-o ${outer} -j MARK --set-xmark ${outerMark}`);
  for (const { floating, fixed } of crossing) {
    add('mangle', 'floatingip', `-d ${floating}/32 -j MARK --set-xmark ${scopes.ofAddress(fixed)}`);
    add('mangle', 'FORWARD', `-s ${fixed}/32 -j ${own('float-snat')}`);
  }
}

/** Requests to 169.254.169.254 go to the proxy; nobody else may speak to its port. */
function addMetadata(add: Add, port: number): void {
  add('nat', 'PREROUTING', `${metadataRequest} -j REDIRECT --to-ports ${port}`);
  add('mangle', 'PREROUTING', `${metadataRequest} -j MARK --set-xmark ${metadataMark}`);
  add('filter', 'INPUT', `-m mark --mark ${metadataMark} -j ACCEPT`, `-p tcp -m tcp --dport ${port} -j DROP`);
}

function addGateway(
  add: Add,
  { device, address, isSnatEnabled }: NonNullable<RouterNat['gateway']>,
  { ports, scope }: { ports: string; scope: string | undefined },
): void {
  if (address === undefined) return;
  const translate = `-j SNAT --to-source ${address}${ports}`;
  add('nat', 'POSTROUTING', onlyBy(device));
  if (scope !== undefined) add('nat', 'snat', `-o ${device} -m connmark --mark ${scope} -j ACCEPT`);
  if (isSnatEnabled) add('nat', 'snat', `-o ${device} ${translate}`);
  // Internal traffic to a floating IP comes back through the router, to have its address turned back.
  add('nat', 'snat', `-m mark ! --mark ${gatewayMark} -m conntrack --ctstate DNAT ${translate}`);
  add('mangle', 'mark', `-i ${device} -j MARK --set-xmark ${gatewayMark}`);
}
