// What a network type must know: which segments there are, how one is taken, and how large its packets may be.
import type { Work } from '../../work.ts';

export interface Segment {
  network_type: string;
  physical_network: string | null;
  segmentation_id: number | null;
}

export interface TypeDriver {
  name: string;
  /** Takes the segment an administrator asked for. Throws the API's 400 or 409. */
  reserve(work: Work, network_id: string, asked: Omit<Segment, 'network_type'>): Promise<Segment>;
  /** Takes any free segment for a tenant network; undefined when there is none left. */
  allocate(work: Work, network_id: string): Promise<Segment | undefined>;
  maximumMtu(physical_network: string | null): number;
}
