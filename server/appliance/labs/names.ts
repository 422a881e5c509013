// How what belongs to a lab is named and labelled on the engine; everything is found again by these labels.

/** Label of every container, network and volume of a lab; its value is the lab's name. */
export const labLabel = 'patchbay.lab';
/** Label of a node's container: the node's name. */
export const nodeLabel = 'patchbay.node';
/** Label of a node's container: its kind. */
export const kindLabel = 'patchbay.kind';
/** Label of a node's container: its NICs and the physical network of each, `eth0=external,eth1=data`. */
export const wiresLabel = 'patchbay.wires';
/** Label of a lab's network: the lab folder it was started from. */
export const entryLabel = 'patchbay.entry';
/** Label of a lab's network that was made before anybody asked for it: which appliance keeps it. */
export const warmLabel = 'patchbay.warm';
/** Label of a volume: the id of the network that it says was left. */
export const leftLabel = 'patchbay.left';
/** Label of a volume of guests' files, and of the container that filled it: the image they are from. */
export const guestLabel = 'patchbay.guest';
/** Label of an image: which one it is. */
export const imageLabel = 'patchbay.image';

/** The volume that says that a warm lab was given away, and as which lab. */
export const claimName = (lab: string) => `patchbay-${lab}-claim`;
/** The volume of an image's guests' files, and the container that filled it; an image is `name:hash`. */
export const guestName = (image: string) => `patchbay-guest-${image.slice(image.lastIndexOf(':') + 1)}`;
export const networkName = (lab: string) => `patchbay-${lab}`;
export const containerName = (lab: string, node: string) => `patchbay-${lab}-${node}`;
