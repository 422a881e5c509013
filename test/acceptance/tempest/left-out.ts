// Tests of the lists that are not run, each with what the cloud lacks for it. Nothing else may be skipped.
export const leftOut: Record<string, string> = {
  'tempest.scenario.test_network_advanced_server_ops.TestNetworkAdvancedServerOps.test_server_connectivity_live_migration':
    'an instance is processes of its node, and these cannot go on on another one',
};

/** Why a test is not run; undefined: it is. */
export const reasonToLeaveOut = (id: string): string | undefined => leftOut[id.replace(/\[.*$/, '')];
