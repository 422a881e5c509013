// Options that the configuration files of several daemons have in common.
import { hostname } from 'node:os';
import { defineOptions } from '../../../lib/config.ts';
import { defaultLogDateFormat, defaultLogFormat } from '../../../lib/log.ts';

/** [DEFAULT] of every daemon: how it logs. */
export const loggingOptions = defineOptions({
  debug: { type: 'bool', default: false, help: 'Log at level DEBUG' },
  verbose: { type: 'bool', default: false, help: 'Log at level INFO when debug is off; otherwise WARNING' },
  log_format: { type: 'string', default: defaultLogFormat, help: 'Shape of a log line' },
  log_date_format: { type: 'string', default: defaultLogDateFormat, help: 'Shape of the time in a log line' },
  use_syslog: { type: 'bool', default: false, help: 'Log to syslog instead of a file' },
  syslog_log_facility: { type: 'string', default: 'LOG_USER', help: 'Syslog facility of the lines' },
  log_file: {
    type: 'string',
    default: '',
    help: 'Log file; relative to log_dir. Without it: standard output',
  },
  log_dir: { type: 'string', default: '', help: 'Folder of log files; the file is named after the daemon' },
});

/** [DEFAULT] of every daemon that talks over the message queue. */
export const messagingOptions = defineOptions({
  host: { type: 'string', default: hostname(), help: 'Name of this machine in messages and bindings' },
  transport_url: {
    type: 'string',
    default: 'rabbit://guest:guest@controller:5672/',
    secret: true,
    help: 'Message queue: rabbit://user:password@host:port/virtual_host',
  },
  control_exchange: { type: 'string', default: 'neutron', help: 'Exchange that topics are published to' },
  rpc_response_timeout: {
    type: 'int',
    default: 60,
    min: 1,
    help: 'Seconds to wait for the answer to a call',
  },
});

/** [DEFAULT] of every daemon that serves HTTP. */
export const bindOptions = (port: number) =>
  defineOptions({
    bind_host: { type: 'string', default: '0.0.0.0', help: 'Address to listen on' },
    bind_port: { type: 'int', default: port, min: 0, max: 65535, help: 'Port to listen on' },
  });

/** [keystone_authtoken]: how a service checks tokens and identifies itself to Identity. */
export const keystoneAuthtokenOptions = defineOptions({
  auth_url: { type: 'string', default: 'http://controller:5000/v3', help: 'Address of the Identity service' },
  username: { type: 'string', default: 'neutron', help: "Name of this service's user" },
  password: { type: 'string', default: '', secret: true, help: "Password of this service's user" },
  project_name: { type: 'string', default: 'service', help: "Project of this service's user" },
});
