// Options of glance-api.conf.
import { defineOptions } from '../../../lib/config.ts';
import { bindOptions, keystoneAuthtokenOptions, loggingOptions } from './common.ts';

export const glanceOptions = {
  DEFAULT: { ...loggingOptions, ...bindOptions(9292) },
  database: defineOptions({
    connection: {
      type: 'string',
      default: 'sqlite:////var/lib/glance/glance.sqlite',
      secret: true,
      help: 'Database of the image records',
    },
  }),
  glance_store: defineOptions({
    filesystem_store_datadir: {
      type: 'string',
      default: '/var/lib/glance/images/',
      help: 'Folder of the image data, one file an image',
    },
    seed_dir: {
      type: 'string',
      default: '/var/lib/glance/seed/',
      help: 'Images that are registered at the first start: NAME.tar.gz becomes the public image NAME',
    },
  }),
  keystone_authtoken: keystoneAuthtokenOptions,
};
