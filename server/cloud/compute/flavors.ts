// The sizes an instance can have: data, as an installer would have made them.

export interface Flavor {
  id: string;
  name: string;
  ram: number;
  disk: number;
  vcpus: number;
}

export const flavors: readonly Flavor[] = [
  { id: '1', name: 'm1.tiny', ram: 512, disk: 1, vcpus: 1 },
  { id: '2', name: 'm1.small', ram: 2048, disk: 20, vcpus: 1 },
  { id: '3', name: 'm1.medium', ram: 4096, disk: 40, vcpus: 2 },
  { id: '4', name: 'm1.large', ram: 8192, disk: 80, vcpus: 4 },
  { id: '42', name: 'm1.nano', ram: 64, disk: 0, vcpus: 1 },
  { id: '84', name: 'm1.micro', ram: 128, disk: 0, vcpus: 1 },
];

export const findFlavor = (id: string): Flavor | undefined => flavors.find((flavor) => flavor.id === id);

/** A flavor as the API shows it. */
export const showFlavor = (flavor: Flavor, base: string) => ({
  id: flavor.id,
  name: flavor.name,
  ram: flavor.ram,
  disk: flavor.disk,
  vcpus: flavor.vcpus,
  swap: '',
  'OS-FLV-EXT-DATA:ephemeral': 0,
  'OS-FLV-DISABLED:disabled': false,
  'os-flavor-access:is_public': true,
  rxtx_factor: 1,
  links: linksOf(flavor.id, base),
});

/** The links of a flavor; `base` is the address the client used. */
export const linksOf = (id: string, base: string) => [
  { rel: 'self', href: `${base}/v2.1/flavors/${id}` },
  { rel: 'bookmark', href: `${base}/flavors/${id}` },
];
