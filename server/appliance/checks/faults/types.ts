// What can be wrong with a lab itself, as opposed to what its learner has built in it.

/** What is not as it must be; what a repair does depends on it. */
export type FaultKind =
  /** The node runs no commands: stopped, paused, or damaged beyond that. */
  | 'node'
  /** A service does not run. */
  | 'service'
  /** A service runs and was stopped by a signal. */
  | 'frozen'
  /** A service ends again and again. */
  | 'crashing'
  /** A configuration file cannot be read. */
  | 'config'
  /** Open vSwitch does not answer. */
  | 'switch'
  /** A bridge that the installation made, or the agent's own, is gone, or its NIC is not in it. */
  | 'bridge'
  /** Nothing crosses the wire of a NIC. */
  | 'wire'
  /** A file system has no room left. */
  | 'disk'
  /** The controller's messages or APIs cannot be reached from a node. */
  | 'controller'
  /** An agent has not reported for a while. */
  | 'agent'
  /** An API does not answer as it must. */
  | 'api';

export interface Fault {
  kind: FaultKind;
  node: string;
  /** The service, file, bridge, NIC or mount point it is about. */
  name: string;
  /** A clause that starts in lower case: what is wrong, where. */
  text: string;
}
