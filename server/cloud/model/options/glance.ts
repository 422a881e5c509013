// Options of /etc/glance/glance-api.conf.
import { defineOptions } from '../../../lib/config.ts';
import { bindOptions, keystoneAuthtokenOptions, loggingOptions } from './common.ts';

export const glanceOptions = {
  DEFAULT: defineOptions({ ...loggingOptions, ...bindOptions(9292) }),
  database: defineOptions({
    connection: {
      type: 'string',
      default: 'sqlite:////var/lib/glance/glance.sqlite',
      secret: true,
      help: 'Where the descriptions of images are kept: `sqlite:////path/file` or `mysql://user:password@host:3306/database`',
    },
  }),
  glance_store: defineOptions({
    filesystem_store_datadir: {
      type: 'string',
      default: '/var/lib/glance/images',
      help: 'Folder of the image files, each named by the id of its image',
    },
    seed_dir: {
      type: 'string',
      default: '/var/lib/glance/seed',
      help: 'Files NAME.tar here become public images at the first start',
    },
  }),
  keystone_authtoken: keystoneAuthtokenOptions,
};
