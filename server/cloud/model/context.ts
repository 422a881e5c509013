// Who asks: made from a validated token, carried through rules and RPC, written into log lines.

/** The caller of one request (Keystone's token, Neutron's Context). */
export interface RequestContext {
  /** `req-<uuid>`, also the `x-openstack-request-id` header of the answer. */
  request_id: string;
  user_id: string;
  user_name: string;
  /** 32 hex digits; `''` for an unscoped token. */
  project_id: string;
  project_name: string;
  roles: string[];
  /** The role `admin` on any project is admin everywhere. */
  is_admin: boolean;
  /** The row that the request names must be at this revision. */
  constraint?: { id: string; revision_number: number };
}

/** The context of work that no user asked for (agents, schedulers, migrations). */
export const adminContext = (request_id = `req-${crypto.randomUUID()}`): RequestContext => ({
  request_id,
  user_id: '',
  user_name: '',
  project_id: '',
  project_name: '',
  roles: ['admin'],
  is_admin: true,
});
