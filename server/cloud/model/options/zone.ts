// Where an agent is, in the files of the DHCP and the L3 agent.
import { defineOptions } from '../../../lib/config.ts';

/** [agent] of dhcp_agent.ini and l3_agent.ini. */
export const zoneOptions = defineOptions({
  availability_zone: {
    type: 'string',
    default: 'nova',
    help: 'Availability zone of the agent; networks and routers may ask for one',
  },
});
