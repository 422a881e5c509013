// The log of programs under test: silent, unless AGENT_LOG=1 asks for everything.
import { createLogger, silentLogger } from '../../server/lib/log.ts';

export const testLogger = process.env['AGENT_LOG'] ? createLogger({ debug: true }, 'test') : silentLogger;
