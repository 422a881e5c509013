// A place in words. Pure.
import type { Place } from '../../../server/appliance/http/types.ts';

/** 'controller', 'vm01', 'qrouter-… on network'. */
export function placeName(place: Place): string {
  const [kind, node, namespace] = place.split(':');
  if (kind === 'vm' && node !== undefined) return node;
  return kind === 'netns' && node !== undefined ? `${namespace} on ${node}` : place;
}
