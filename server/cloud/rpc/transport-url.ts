// Reads a transport_url: rabbit://user:password@host:port,user:password@host2:port/virtual_host
import { ConfigError } from '../../lib/config.ts';

/** One broker that can be connected to. */
export interface BrokerAddress {
  hostname: string;
  port: number;
  username: string;
  password: string;
  vhost: string;
}

/** The brokers of a transport_url, in its order. Throws ConfigError, without showing the URL: it holds passwords. */
export function parseTransportUrl(url: string): BrokerAddress[] {
  const match = /^(?:rabbit|amqp):\/\/([^/]+)(?:\/([^?]*))?/.exec(url);
  if (match === null)
    throw new ConfigError("option 'transport_url': expected rabbit://user:password@host:port/virtual_host");
  const vhost = decodeURIComponent(match[2] ?? '') || '/';
  return match[1]!.split(',').map((part) => {
    const fields = /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(part.trim());
    if (fields === null)
      throw new ConfigError("option 'transport_url': a host is not of the form user:password@host:port");
    return {
      hostname: fields[3]!.replace(/^\[|\]$/g, ''),
      port: Number(fields[4] ?? 5672),
      username: decodeURIComponent(fields[1] ?? 'guest'),
      password: decodeURIComponent(fields[2] ?? 'guest'),
      vhost,
    };
  });
}
