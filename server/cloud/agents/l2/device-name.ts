// Kernel names of the devices of ports and networks. Pure.

/** Prefix and the first 11 characters of the port's (for brq: of the network's) id. */
export const deviceOf = (prefix: 'tap' | 'qvb' | 'qvo' | 'qbr' | 'brq', id: string): string =>
  `${prefix}${id.slice(0, 11)}`;
