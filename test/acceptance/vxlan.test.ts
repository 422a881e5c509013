// The suites of others on the cloud `vxlan`: networks that are tunnels between Open vSwitches.
import { describeCloud } from './describe-cloud.ts';

describeCloud('vxlan');
