// JSON-RPC as Open vSwitch's daemons speak it on their sockets: messages follow each other without a separator.

export interface JsonMessage {
  method?: string;
  params?: unknown;
  id?: unknown;
  result?: unknown;
  error?: unknown;
}

/** Takes pieces of a stream and tells each message as soon as its outermost brace closes. */
export function splitMessages(onMessage: (message: JsonMessage) => void): (chunk: string) => void {
  let buffer = '';
  let scanned = 0;
  let depth = 0;
  let inString = false;
  return (chunk) => {
    buffer += chunk;
    for (; scanned < buffer.length; scanned++) {
      const character = buffer[scanned];
      if (inString) {
        if (character === '\\') scanned++;
        else if (character === '"') inString = false;
      } else if (character === '"') inString = true;
      else if (character === '{') depth++;
      else if (character === '}' && --depth === 0) {
        const message = JSON.parse(buffer.slice(0, scanned + 1)) as JsonMessage;
        buffer = buffer.slice(scanned + 1);
        scanned = -1;
        onMessage(message);
      }
    }
  };
}
