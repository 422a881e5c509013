// What the appliance asks of a container engine, in its own words; the files beside this one put it into dockerode.

export interface ContainerSpec {
  name: string;
  hostname: string;
  image: string;
  labels: Record<string, string>;
  network: string;
  ip: string;
  /** Name to address, for /etc/hosts. */
  hosts: Record<string, string>;
  capabilities: string[];
  /** Absolute paths of devices the container gets under the same name. */
  devices: string[];
  /** Bind mounts as `host:container[:ro]`. */
  mounts: string[];
  /** Directories kept in memory, with their mount options. */
  tmpfs: Record<string, string>;
  sysctls: Record<string, string>;
  memoryBytes: number;
  pids: number;
  /** Cores, fractions allowed. */
  cpus: number;
  /** TCP ports to publish on a random port of the host's loopback. */
  publish: number[];
  /** /proc as the kernel has it: nothing masked and nothing read-only. */
  isProcOpen: boolean;
  /** Without the engine's filter of system calls. */
  isUnfiltered: boolean;
  env: Record<string, string>;
  /** Instead of the image's own. */
  entrypoint?: string[];
}

/** A container that shares the network of another, which runs. */
export interface BesideSpec extends Pick<
  ContainerSpec,
  'name' | 'image' | 'labels' | 'capabilities' | 'memoryBytes' | 'pids'
> {
  /** The other's name. */
  beside: string;
}

/** A container that fills a volume. */
export interface FillerSpec extends Pick<ContainerSpec, 'image' | 'labels' | 'capabilities'> {
  /** Of the volume, too, which also gets the labels. */
  name: string;
  /** Where the container has the volume. */
  folder: string;
  command: string[];
}

export interface ContainerInfo {
  id: string;
  name: string;
  image: string;
  labels: Record<string, string>;
  /** The engine's words: `created`, `running`, `exited`, `dead`, ... */
  state: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Port in the container to port on the host's loopback. */
  ports: Record<number, number>;
  /** Address on each network, by network name. */
  addresses: Record<string, string>;
}

export interface NetworkSpec {
  name: string;
  subnet: string;
  mtu: number;
  labels: Record<string, string>;
}

export interface NamedThing {
  id: string;
  name: string;
  labels: Record<string, string>;
}

export interface NetworkInfo extends NamedThing {
  /** CIDRs. */
  subnets: string[];
}

export interface ImageInfo {
  id: string;
  /** As `name:tag`. */
  names: string[];
  labels: Record<string, string>;
  /** Seconds since 1970. */
  createdAtSeconds: number;
}

export interface ExecOptions {
  stdin?: string;
  /** Milliseconds after which the command is ended; 30,000 unless told otherwise. */
  timeoutMs?: number;
  env?: Record<string, string>;
}

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
  /** It was ended because its time was up (code 124). */
  isTimedOut: boolean;
}

/** A program on a TTY of its own inside a container. */
export interface Terminal {
  /** Both ways: what the program writes, what the user types. */
  stream: NodeJS.ReadWriteStream & { destroy(): void };
  resize(size: { cols: number; rows: number }): Promise<void>;
  /** Hangs up; the program gets SIGHUP from its TTY. */
  close(): void;
  /** Of the program once the stream has ended; 137 when it was killed with its container. */
  readExitCode(): Promise<number>;
}

/** A command inside a container and both ways to talk with it. Nothing is heard before `onData`. */
export interface Pipe {
  onData(listener: (bytes: Buffer) => void): void;
  /** Hears what the command writes to stderr, as it comes. */
  onStderr(listener: (text: string) => void): void;
  /** Called once, when the command has ended or the connection to it is lost, with the last it wrote to stderr. */
  onEnd(listener: (complaint: string) => void): void;
  write(bytes: Buffer): void;
  /** Holds back what the command writes until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes the command's stdin and hears nothing more. */
  close(): void;
}

/** What `docker info` tells that changes how nodes are started. */
export interface EngineFacts {
  version: string;
  /** The engine's own name for its machine. */
  host: string;
  operatingSystem: string;
  kernel: string;
  cpus: number;
  memoryBytes: number;
  storageDriver: string;
  rootDirectory: string;
  /** Root in a container is nobody on the host. */
  isUserNamespaceRemapped: boolean;
  isRootless: boolean;
}

/** One line of a build's output, or a step's number out of how many. */
export interface BuildProgress {
  line: string;
  step?: number;
  steps?: number;
}

export interface ContainerEvent {
  name: string;
  /** `start`, `die`, `oom`, ... */
  action: string;
  labels: Record<string, string>;
}
