// The console's pages as they are delivered, once for all files of the project `e2e`: several of them look at these at once.
import { ensureWebPages } from '../../server/appliance/set-up/web-pages.ts';

export default (): Promise<void> => ensureWebPages((text) => void process.stderr.write(`${text}\n`));
