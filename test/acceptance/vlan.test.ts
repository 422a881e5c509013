// The suites of others on the cloud `vlan`: networks that are VLANs between Open vSwitches.
import { describeCloud } from './describe-cloud.ts';

describeCloud('vlan');
