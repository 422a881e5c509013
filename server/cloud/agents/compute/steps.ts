// The steps between what an instance should be on this host and what it is.
import type { Step } from '../../../lib/reconcile.ts';
import type { InstanceSpec, VifSpec } from '../../model/instance.ts';

interface Kinds {
  'find-image': { spec: InstanceSpec };
  'allocate-ports': { spec: InstanceSpec };
  'make-disk': { spec: InstanceSpec };
  /** From the host that the instance comes from. */
  'fetch-disk': { spec: InstanceSpec; from: string };
  'bind-ports': { vifs: readonly VifSpec[] };
  /** Of an instance that comes as it runs. */
  'learn-nics': { from: string };
  'take-over': { spec: InstanceSpec; from: string };
  'wait-for-arrival': object;
  'make-netns': object;
  'plug-vif': { vif: VifSpec; nic: string; isHeld?: boolean };
  'unplug-vif': { port_id: string };
  'wait-for-ports': object;
  'start-guest': { spec: InstanceSpec };
  'freeze-guest': { pid: number; port_ids: string[] };
  'thaw-guest': { pid: number; port_ids: string[] };
  /** Tells the neighbours that addresses are here now. */
  announce: { vifs: readonly VifSpec[] };
  'kill-guest': { pid: number };
  'silence-ports': { port_ids: readonly string[] };
  'remove-disk': object;
  'remove-netns': object;
  'remove-folder': object;
  'release-ports': { ports: { id: string; isKept: boolean }[] };
}

export type InstanceStep = {
  [Kind in keyof Kinds]: Step & { kind: Kind } & Kinds[Kind];
}[keyof Kinds];
