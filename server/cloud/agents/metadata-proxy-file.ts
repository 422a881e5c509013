// The haproxy configuration that carries metadata requests out of a namespace to the metadata agent. Pure.

export interface MetadataProxy {
  /** Router or network the requests come from. */
  id: string;
  kind: 'router' | 'network';
  /** `0.0.0.0:9697` in a router, `169.254.169.254:80` on a network. */
  bind: string;
  /** UNIX socket of the metadata agent. */
  socket: string;
  user: string;
  group: string;
  pidFile: string;
}

export const metadataAddress = '169.254.169.254';

/** Header that tells the agent where a request comes from. */
export const headerOf = { router: 'X-Neutron-Router-ID', network: 'X-Neutron-Network-ID' } as const;

/** The whole file. The header of the other kind is deleted, so that a guest cannot claim to be elsewhere. */
export function renderMetadataProxy({ id, kind, bind, socket, user, group, pidFile }: MetadataProxy): string {
  const other = kind === 'router' ? headerOf.network : headerOf.router;
  return `global
    log         /dev/log local0 info
    log-tag     haproxy-metadata-proxy-${id}
    user        ${user}
    group       ${group}
    maxconn     1024
    pidfile     ${pidFile}
    daemon

defaults
    log global
    mode http
    option httplog
    option dontlognull
    option http-server-close
    option forwardfor
    retries                 3
    timeout http-request    30s
    timeout connect         30s
    timeout client          32s
    timeout server          32s
    timeout http-keep-alive 30s

listen listener
    bind ${bind}

    server metadata ${socket}
    http-request del-header ${other}
    http-request set-header ${headerOf[kind]} ${id}
`;
}
