// Adds up what the chains counted, by label, and tells it from time to time. Pure but for the clock it is given.
// The counters are never set back: in the nf_tables form of iptables that writes the rules anew, which wakes whoever watches them.
import type { Counter } from '../../../host/iptables.ts';
import type { LabelOwner } from './desired.ts';

/** Payload of an `l3.meter` event; times are seconds since 1970, `time` is the span measured. */
export interface MeterReport {
  label_id: string;
  tenant_id: string;
  pkts: number;
  bytes: number;
  time: number;
  first_update: number;
  last_update: number;
  host: string;
}

export interface Meter {
  /** The counters of a place's chains now; `labels` tells whose they are. */
  read(place: string, counters: ReadonlyMap<string, Counter>, labels: ReadonlyMap<string, LabelOwner>): void;
  /** Chains that were just made and count from nothing. */
  made(place: string, chains: readonly string[]): void;
  /** A place is gone, and its counters with it. */
  gone(place: string): void;
  /** A look at all counters is over: what was read since the last one belongs to this moment. */
  measured(): void;
  /** What was counted since the last report; labels without a measure within `seconds` are forgotten. */
  report(seconds: number): MeterReport[];
}

const none: Counter = { packets: 0, bytes: 0 };

/** `now` gives seconds. */
export function createMeter(host: string, now: () => number): Meter {
  const last = new Map<string, Map<string, Counter>>();
  const passed = new Map<string, { owner: LabelOwner; packets: number; bytes: number }>();
  const totals = new Map<string, MeterReport>();

  const lastIn = (place: string) => {
    const known = last.get(place) ?? new Map<string, Counter>();
    last.set(place, known);
    return known;
  };

  return {
    read: (place, counters, labels) => {
      const known = lastIn(place);
      for (const [chain, counter] of counters) {
        const owner = labels.get(chain);
        const before = known.get(chain);
        known.set(chain, counter);
        // what another agent counted before this one started was told by that one
        if (owner === undefined) continue;
        const seen = passed.get(owner.label_id) ?? { owner, packets: 0, bytes: 0 };
        passed.set(owner.label_id, seen);
        if (before === undefined) continue;
        // somebody set it back
        const { packets, bytes } = counter.packets < before.packets ? none : before;
        seen.packets += counter.packets - packets;
        seen.bytes += counter.bytes - bytes;
      }
    },
    made: (place, chains) => {
      for (const chain of chains) lastIn(place).set(chain, none);
    },
    gone: (place) => void last.delete(place),
    measured: () => {
      const at = now();
      for (const { owner, packets, bytes } of passed.values()) {
        const total = totals.get(owner.label_id) ?? {
          ...{ ...owner, pkts: 0, bytes: 0, time: 0 },
          ...{ first_update: at, last_update: at, host },
        };
        total.pkts += packets;
        total.bytes += bytes;
        total.time += at - total.last_update;
        total.last_update = at;
        totals.set(owner.label_id, total);
      }
      passed.clear();
    },
    report: (seconds) => {
      const reports = [...totals.values()].map((total) => ({ ...total }));
      for (const [id, total] of totals) {
        Object.assign(total, { pkts: 0, bytes: 0, time: 0 });
        if (total.last_update < now() - seconds) totals.delete(id);
      }
      return reports;
    },
  };
}
