// Connection URLs of MariaDB, as SQLAlchemy writes them: `mysql+pymysql://user:password@host:3306/database?charset=utf8`.
import { ConfigError } from '../../lib/config.ts';

export interface MariadbAddress {
  user: string;
  password: string;
  host: string;
  port: number;
  /** The server's socket on this machine, instead of host and port. */
  socketPath?: string;
  database: string;
  /** `mysql://user@host:3306/database`, for messages. */
  name: string;
}

const pattern = new RegExp(
  [
    /^(?:mysql|mariadb)(?:\+\w+)?:\/\//,
    /(?:(?<user>[^:/@]*)(?::(?<password>[^@]*))?@)?/,
    /(?:\[(?<six>[^\]]+)\]|(?<host>[^/:?]*))(?::(?<port>\d+))?/,
    /\/(?<database>[^/?]+)(?:\?(?<parameters>.*))?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** Reads a URL; the driver after `+` is ignored. Throws ConfigError, never with the password in it. */
export function parseMariadbUrl(url: string): MariadbAddress {
  const parts = pattern.exec(url)?.groups;
  const port = Number(parts?.port ?? 3306);
  if (parts === undefined || port < 1 || port > 65_535)
    throw new ConfigError(
      "[database] connection is not of the form mysql://user:password@host:port/database (write '@', ':' and '/' in a password as %40, %3A and %2F)",
    );
  const host = parts.six ?? (parts.host || 'localhost');
  const user = unquoted(parts.user ?? '');
  const database = unquoted(parts.database!);
  const socketPath = readParameters(parts.parameters ?? '');
  const place = socketPath ?? `${parts.six === undefined ? host : `[${host}]`}:${port}`;
  return {
    user,
    password: unquoted(parts.password ?? ''),
    host,
    port,
    ...(socketPath !== undefined && { socketPath }),
    database,
    name: `mysql://${user === '' ? '' : `${user}@`}${place}/${database}`,
  };
}

/** Gives `unix_socket`. Text is always kept as utf8mb4, whatever kind of utf8 `charset` names. */
function readParameters(parameters: string): string | undefined {
  const {
    charset,
    unix_socket,
    use_unicode: _always,
    ...others
  } = Object.fromEntries(new URLSearchParams(parameters));
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new ConfigError(
      `[database] connection has unknown parameters: ${unknown.join(', ')}; known: charset, unix_socket, use_unicode`,
    );
  if (charset !== undefined && !/^utf-?8(mb[34])?$/i.test(charset))
    throw new ConfigError(`[database] connection: charset '${charset}' cannot keep every name; use utf8`);
  return unix_socket;
}

/** Takes back `%40`; a percent sign that stands for nothing stays. */
const unquoted = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
