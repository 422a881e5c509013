// Log lines of the daemons, shaped and sent where the logging options say: a file, standard output or syslog.
import { createSocket, type Socket } from 'node:dgram';
import { closeSync, fstatSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

const levels = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3 } as const;
type Level = keyof typeof levels;

/** The logging options of [DEFAULT]; all have defaults, so `{}` is a logger of warnings to standard output. */
export interface LogOptions {
  readonly debug?: boolean;
  readonly verbose?: boolean;
  readonly log_format?: string;
  readonly log_date_format?: string;
  readonly use_syslog?: boolean;
  readonly syslog_log_facility?: string;
  readonly log_file?: string;
  readonly log_dir?: string;
}

/** Where a line belongs; a request id is shown in front of its message. */
export interface LogContext {
  request_id?: string;
}

type Write = (message: string, context?: LogContext) => void;

/** A named source of log lines. Secrets are never passed to it. */
export interface Logger {
  debug: Write;
  info: Write;
  warning: Write;
  error: Write;
  /** The same log under the name `<name>.<child>`. */
  child(name: string): Logger;
}

export const defaultLogFormat = '%(asctime)s %(levelname)8s [%(name)s] %(message)s';
export const defaultLogDateFormat = '%Y-%m-%d %H:%M:%S';

type Sink = (line: string, level: Level) => void;

/** A logger for the program `name`; `log_dir` without `log_file` means the file `<log_dir>/<name>.log`. */
export function createLogger(options: LogOptions, name: string): Logger {
  const least = options.debug ? levels.DEBUG : options.verbose ? levels.INFO : levels.WARNING;
  const format = options.log_format || defaultLogFormat;
  const dateFormat = options.log_date_format || defaultLogDateFormat;
  const sink = openSink(options, name);
  const named = (source: string): Logger => {
    const at =
      (level: Level): Write =>
      (message, context) => {
        if (levels[level] > least) return;
        const time = new Date();
        sink(formatLine({ format, dateFormat, time, level, source, message, context }), level);
      };
    return {
      debug: at('DEBUG'),
      info: at('INFO'),
      warning: at('WARNING'),
      error: at('ERROR'),
      child: (child) => named(`${source}.${child}`),
    };
  };
  return named(name);
}

/** A logger that keeps nothing, for programs that must stay silent. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

interface Line {
  format: string;
  dateFormat: string;
  time: Date;
  level: Level;
  source: string;
  message: string;
  context: LogContext | undefined;
}

/** One line in Python's `%(name)8s` notation, without its line end. */
export function formatLine({ format, dateFormat, time, level, source, message, context }: Line): string {
  const request = context?.request_id;
  const shown =
    request === undefined || format.includes('%(request_id)') ? message : `[${request}] ${message}`;
  const parts: Record<string, string> = {
    asctime: formatTime(dateFormat, time),
    msecs: String(time.getMilliseconds()),
    levelname: level,
    name: source,
    message: shown,
    process: String(process.pid),
    request_id: request ?? '-',
  };
  return format.replace(/%\((\w+)\)(-?)(0?)(\d*)[sd]/g, (_, part: string, left, zero, width: string) => {
    const text = parts[part] ?? '';
    if (left === '-') return text.padEnd(Number(width));
    return text.padStart(Number(width), zero === '0' ? '0' : ' ');
  });
}

function formatTime(format: string, time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const parts: Record<string, string> = {
    Y: String(time.getFullYear()),
    m: two(time.getMonth() + 1),
    d: two(time.getDate()),
    H: two(time.getHours()),
    M: two(time.getMinutes()),
    S: two(time.getSeconds()),
    f: `${String(time.getMilliseconds()).padStart(3, '0')}000`,
    '%': '%',
  };
  return format.replace(/%([YmdHMSf%])/g, (_, part: string) => parts[part]!);
}

function openSink(options: LogOptions, name: string): Sink {
  if (options.use_syslog) return syslogSink(options.syslog_log_facility ?? 'LOG_USER', name);
  const folder = options.log_dir ?? '';
  const wanted = options.log_file || (folder === '' ? '' : `${basename(name)}.log`);
  if (wanted !== '') return fileSink(isAbsolute(wanted) ? wanted : join(folder, wanted));
  return (line) => {
    process.stdout.write(`${line}\n`);
  };
}

/** Appends to `path`; a file that was moved away (rotated) is opened anew within a second. */
function fileSink(path: string): Sink {
  const open = () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a', 0o640);
  };
  let file = open();
  let checkedAt = Date.now();
  return (line) => {
    const now = Date.now();
    if (now - checkedAt > 1000) {
      checkedAt = now;
      if (statSync(path, { throwIfNoEntry: false })?.ino !== fstatSync(file).ino) {
        closeSync(file);
        file = open();
      }
    }
    writeSync(file, `${line}\n`);
  };
}

const facilities: Record<string, number> = { LOG_USER: 1, LOG_DAEMON: 3, LOG_SYSLOG: 5 };
for (let index = 0; index < 8; index++) facilities[`LOG_LOCAL${index}`] = 16 + index;

/** Sends to the syslog daemon of this machine (UDP port 514): Node has no datagrams on /dev/log. */
function syslogSink(facility: string, name: string): Sink {
  const code = facilities[facility] ?? facilities.LOG_USER!;
  let socket: Socket | undefined;
  return (line, level) => {
    if (socket === undefined) {
      socket = createSocket('udp4');
      socket.on('error', () => undefined);
      socket.unref();
    }
    socket.send(`<${code * 8 + levels[level]}>${basename(name)}: ${line}`, 514, '127.0.0.1', () => undefined);
  };
}
