// Ranges of segment ids: what tenants may get, for any ranges and any ids taken.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowestFree, parseIdRanges } from '../../../../server/cloud/networking/plugins/ml2/id-ranges.ts';
import { parseTunnelRanges } from '../../../../server/cloud/networking/plugins/ml2/types/tunnel.ts';
import { parseVlanRanges } from '../../../../server/cloud/networking/plugins/ml2/types/vlan.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 10 }))
  .map(([first, more]) => ({ first, last: first + more }));
const ranges = fc.array(range, { maxLength: 4 });
const taken = fc.uniqueArray(fc.integer({ min: 1, max: 80 })).map((ids) => new Set(ids));

describe('the id a tenant gets', () => {
  it('lies in a range, is free, and no lower one of the same range is', () => {
    fc.assert(
      fc.property(ranges, taken, (own, used) => {
        const id = lowestFree(own, used);
        if (id === undefined) return;
        expect(used.has(id)).toBe(false);
        const { first } = own.find((one) => id >= one.first && id <= one.last)!;
        for (let lower = first; lower < id; lower++) expect(used.has(lower)).toBe(true);
      }),
    );
  });

  it('there is one until every id of the ranges is taken', () => {
    fc.assert(
      fc.property(ranges, (own) => {
        const used = new Set<number>();
        const all = new Set(
          own.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
        );
        for (let count = 0; count < all.size; count++) used.add(lowestFree(own, used)!);
        expect(used).toEqual(all);
        expect(lowestFree(own, used)).toBeUndefined();
      }),
    );
  });
});

describe('ranges in a configuration file', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(ranges, (own) => {
        const entries = own.map(({ first, last }) => ` ${first} : ${last}`);
        expect(parseIdRanges('vni_ranges', entries, { first: 1, last: 100 })).toEqual(own);
        const vlans = parseVlanRanges(entries.map((entry) => `physnet2:${entry}`));
        expect(vlans.get('physnet2') ?? []).toEqual(own);
      }),
    );
  });

  it.each([
    ['gre', '1', "tunnel_id_ranges: '1' is not first:last"],
    ['gre', '1:2:3', "tunnel_id_ranges: '1:2:3' is not first:last"],
    ['gre', '0:9', "tunnel_id_ranges: '0:9' needs 1 <= first <= last <= 4294967295"],
    ['gre', '1:4294967296', "tunnel_id_ranges: '1:4294967296' needs 1 <= first <= last <= 4294967295"],
    ['vxlan', '1:16777216', "vni_ranges: '1:16777216' needs 1 <= first <= last <= 16777215"],
    ['vxlan', '9:1', "vni_ranges: '9:1' needs 1 <= first <= last <= 16777215"],
    ['vxlan', ':9', "vni_ranges: ':9' needs 1 <= first <= last <= 16777215"],
    ['vxlan', 'a:9', "vni_ranges: 'a:9' needs 1 <= first <= last <= 16777215"],
  ] as const)('%s: %s is refused', (type, entry, reason) => {
    expect(() => parseTunnelRanges(type, [entry])).toThrow(reason);
  });

  it.each([
    [
      'physnet2:100',
      "network_vlan_ranges: 'physnet2:100' is not physical_network or physical_network:first:last",
    ],
    ['physnet2:0:5', "network_vlan_ranges: 'physnet2:0:5' needs 1 <= first <= last <= 4094"],
    [':1:5', "network_vlan_ranges: ':1:5' is not physical_network or physical_network:first:last"],
  ])('%s is refused', (entry, reason) => {
    expect(() => parseVlanRanges([entry])).toThrow(reason);
  });
});
