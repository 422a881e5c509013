// The suites of others on the cloud `api`: what needs no instance: the guide, Identity, the Networking API.
import { describeCloud } from './describe-cloud.ts';

describeCloud('api');
