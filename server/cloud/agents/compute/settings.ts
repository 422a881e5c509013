// What nova-compute takes from nova.conf.
import { join } from 'node:path';

export interface Settings {
  host: string;
  zone: string;
  instancesPath: string;
  /** Unpacked images that came with the node. */
  suppliedImages: string;
  bridge: string;
  vifTimeoutSeconds: number;
  vifTimeoutIsFatal: boolean;
  reportSeconds: number;
}

/** Where an instance's files and its network namespace are. */
export const folderOf = (settings: Settings, uuid: string) => join(settings.instancesPath, uuid);
export const netnsOf = (uuid: string) => `/run/nova/netns/${uuid}`;
