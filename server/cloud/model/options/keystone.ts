// Options of /etc/keystone/keystone.conf.
import { defineOptions } from '../../../lib/config.ts';
import { bindOptions, loggingOptions } from './common.ts';

export const keystoneOptions = {
  DEFAULT: defineOptions({
    ...loggingOptions,
    ...bindOptions(5000),
    admin_bind_port: {
      type: 'int',
      default: 35357,
      min: 0,
      max: 65535,
      help: 'Second port, of the v2.0 administration API',
    },
  }),
  database: defineOptions({
    connection: {
      type: 'string',
      default: 'sqlite:////var/lib/keystone/keystone.sqlite',
      secret: true,
      help: 'Where users, projects, roles, the catalog and tokens are kept: `sqlite:////path/file` or `mysql://user:password@host:3306/database`',
    },
  }),
  token: defineOptions({
    expiration: { type: 'int', default: 86_400, min: 1, help: 'Seconds that a token lives' },
  }),
  bootstrap: defineOptions({
    region: { type: 'string', default: 'RegionOne', help: 'Region of the first endpoints' },
    endpoint_host: {
      type: 'string',
      default: 'controller',
      help: 'Host in the addresses of the first endpoints',
    },
    admin_password: {
      type: 'string',
      default: '',
      secret: true,
      help: 'Password of user admin; needed at first start',
    },
    demo_password: { type: 'string', default: '', secret: true, help: 'Password of user demo' },
    neutron_password: { type: 'string', default: '', secret: true, help: 'Password of user neutron' },
    nova_password: { type: 'string', default: '', secret: true, help: 'Password of user nova' },
    glance_password: { type: 'string', default: '', secret: true, help: 'Password of user glance' },
  }),
};
