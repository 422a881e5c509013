// Frames as `tcpdump -e -nn` prints them, with what a tunnel wraps them in; and the expressions that select them.

export interface Frame {
  /** VLAN id, or undefined; of a tunnelled frame that of the frame inside. */
  vlan: string | undefined;
  sourceMac: string;
  targetMac: string;
  /** What is printed of it; of a tunnelled frame, of the frame inside. */
  text: string;
  tunnel?: TunnelHeader;
}

/** What stands around a tunnelled frame. */
export interface TunnelHeader {
  type: TunnelType;
  /** VNI or key. */
  id: string;
  from: string;
  to: string;
}

export type TunnelType = 'vxlan' | 'gre';

/** Reads `tcpdump -e -nn`: a frame begins with a time, what is inside VXLAN stands on the next line. */
export function parseFrames(stdout: string): Frame[] {
  return stdout.split(/^(?=\d\d:\d\d:\d\d\.\d+ )/m).flatMap((text) => {
    const line = text.trim().replace(/\s*\n\s*/g, ' ');
    const frame = readFrame(line);
    return frame === undefined ? [] : [unwrap(line) ?? frame];
  });
}

function readFrame(text: string): Frame | undefined {
  const macs = /([0-9a-f:]{17}) > ([0-9a-f:]{17})/.exec(text);
  if (macs === null) return undefined;
  return { text, sourceMac: macs[1]!, targetMac: macs[2]!, vlan: /\bvlan (\d+),/.exec(text)?.[1] };
}

const around =
  /(\d+\.\d+\.\d+\.\d+)(?:\.\d+)? > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?: (?:VXLAN,.*?\bvni (\d+)|GREv0,.*?\bkey=(0x[0-9a-f]+),.*?length \d+:) (.*)$/;

function unwrap(text: string): Frame | undefined {
  const [, from = '', to = '', vni, key = '0', rest = ''] = around.exec(text) ?? [];
  const inside = readFrame(rest);
  if (inside === undefined) return undefined;
  const type = vni === undefined ? 'gre' : 'vxlan';
  return { ...inside, tunnel: { type, id: vni ?? String(Number(key)), from, to } };
}

/** Protocols that can be told apart inside a tunnel. */
export const innerWords = ['arp', 'ip', 'ip6', 'icmp', 'tcp', 'udp'] as const;
export type InnerWord = (typeof innerWords)[number];

const etherTypes: Record<InnerWord, number> = {
  ...{ arp: 0x0806, ip: 0x0800, ip6: 0x86dd, icmp: 0x0800, tcp: 0x0800, udp: 0x0800 },
};
const protocols: Partial<Record<InnerWord, number>> = { icmp: 1, tcp: 6, udp: 17 };

/** tcpdump expression for tunnelled frames with `inner` in them, with or without a tag. */
export function tunnelFilter(type: TunnelType, port: number, inner: InnerWord | undefined): string {
  // where the frame inside begins: UDP 8 + VXLAN 8; IPv4 20 + GRE with key 8
  const [outer, header, begin] =
    type === 'vxlan' ? [`udp dst port ${port}`, 'udp', 16] : ['ip proto 47', 'ip', 28];
  if (inner === undefined) return outer;
  const at = (tag: number) => {
    const protocol = protocols[inner];
    const ether = `${header}[${begin + 12 + tag}:2] = ${etherTypes[inner]}`;
    return protocol === undefined ? ether : `${ether} and ${header}[${begin + 23 + tag}] = ${protocol}`;
  };
  return `${outer} and ((${at(0)}) or (${header}[${begin + 12}:2] = ${0x8100} and ${at(4)}))`;
}
