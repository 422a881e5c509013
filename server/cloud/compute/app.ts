// The application behind port 8774: versions without a token, everything else below /v2.1 (and /v2, /v2.1/PROJECT).
import express, { type Express, type RequestHandler } from 'express';
import { createApp } from '../../lib/http.ts';
import { addFlavors, addQuotas, addRest, addServices, addZones } from './admin.ts';
import type { ComputeDeps } from './deps.ts';
import { addExternalEvents } from './external-events.ts';
import { renderFailure } from './failure.ts';
import { addHypervisors } from './hypervisors.ts';
import { addInterfaces } from './interfaces.ts';
import { addKeypairs } from './keypairs.ts';
import { addSecurityGroups } from './security-groups.ts';
import { addServerActions } from './server-actions.ts';
import { addServerMetadata } from './server-metadata.ts';
import { addServers, baseOf } from './servers.ts';

const version = (base: string) => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: '2.1',
  min_version: '2.1',
  updated: '2013-07-23T11:33:21Z',
  links: [{ rel: 'self', href: `${base}/v2.1/` }],
});

/** `authenticate` leaves the caller in `res.locals.context` or refuses. */
export function createComputeApp(deps: ComputeDeps, authenticate: RequestHandler): Express {
  return createApp({
    log: deps.log,
    renderError: renderFailure,
    routes: (app) => {
      app.get('/', (req, res) => void res.json({ versions: [version(baseOf(req))] }));
      app.get(['/v2.1', '/v2'], (req, res) => {
        const types = [
          { base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' },
        ];
        res.json({ version: { ...version(baseOf(req)), 'media-types': types } });
      });
      const router = express.Router();
      addKeypairs(router, deps.store);
      addServers(router, deps);
      addServerMetadata(router, deps);
      addSecurityGroups(router, deps);
      addServerActions(router, deps);
      addInterfaces(router, deps);
      addExternalEvents(router, deps);
      addFlavors(router);
      addZones(router, deps);
      addHypervisors(router, deps);
      addServices(router, deps);
      addQuotas(router);
      addRest(router, deps);
      app.use(/^\/v2(\.1)?/, authenticate, withoutProject, router);
    },
  });
}

/** Catalogs of 2015 have the project in the address: /v2/PROJECT/servers. */
const withoutProject: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^\/[0-9a-f]{32}(?=\/|$)/, '');
  next();
};
