// What a mechanism must know: whether it can wire a port of a network on a host, and what the host needs for it.
import type { Agent } from '../../../model/agent.ts';
import type { Network } from '../../../model/network.ts';
import type { Item } from '../../work.ts';

export type BindingAttempt = { vif_type: string; vif_details: Item } | { refusal: string };

export interface MechanismDriver {
  name: string;
  /** The L2 agent that must be alive on the host. */
  agent_type: string;
  /** Tries with one alive agent of the host; `refusal` says why not. */
  bind(network: Network, agent: Agent): BindingAttempt;
}
