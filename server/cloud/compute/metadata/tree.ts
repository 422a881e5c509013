// Metadata as a tree of names; asking for a folder lists it, as EC2 does.

/** A leaf is what is sent; a folder may carry the line it is listed with. */
export type Tree = { [name: string]: Tree | string | Buffer };

/** The text or bytes at a path, the listing of a folder, undefined where there is nothing. */
export function lookUp(tree: Tree, path: readonly string[]): string | Buffer | undefined {
  let at: Tree | string | Buffer | undefined = tree;
  for (const part of path) {
    if (typeof at !== 'object' || Buffer.isBuffer(at) || !Object.keys(at).includes(part)) return undefined;
    at = at[part];
  }
  if (at === undefined || typeof at === 'string' || Buffer.isBuffer(at)) return at;
  return Object.entries(at)
    .map(([name, below]) => listed(name, below))
    .join('\n');
}

function listed(name: string, below: Tree | string | Buffer): string {
  const isFolder = typeof below === 'object' && !Buffer.isBuffer(below);
  if (!isFolder) return name;
  // A key is listed as its index and name.
  const label = (below as Tree)['_name'];
  return typeof label === 'string' ? `${name}=${label}` : `${name}/`;
}
