// What the server does on its own within a caller's request: ports of routers, default groups.
import type { Work } from '../work.ts';

/** The same unit of work, without the limits of the caller. */
export const asAdmin = (work: Work): Work => ({ ...work, context: { ...work.context, is_admin: true } });
