// The suites of others on the cloud `bridge`: networks on Linux bridges.
import { describeCloud } from './describe-cloud.ts';

describeCloud('bridge');
