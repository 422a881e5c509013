// A kind of service that is offered, and the profiles that say how it is made.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { identified, named } from './standard.ts';

const description = {
  type: 'string',
  maxLength: 1024,
  nullable: true,
  create: 'optional',
  update: true,
  default: '',
  help: 'Text for people',
} as const;
const enabled = {
  type: 'bool',
  create: 'optional',
  update: true,
  default: true,
  help: 'It may be chosen',
} as const;

export const flavor = defineResource({
  name: 'flavor',
  plural: 'flavors',
  extension: 'flavors',
  help: 'A kind of service, such as routers, that administrators offer.',
  command: { noun: 'flavor', positional: ['name', 'service_type'] },
  fields: {
    ...identified,
    ...named,
    description,
    service_type: {
      type: 'string',
      maxLength: 36,
      create: 'required',
      column: 2,
      help: 'The service plug-in: L3_ROUTER_NAT, METERING',
    },
    enabled: { ...enabled, column: 3 },
    service_profiles: { type: 'list', of: { type: 'uuid' }, stored: false, help: 'Its profiles' },
  },
});
export type Flavor = RowOf<typeof flavor>;

export const serviceProfile = defineResource({
  name: 'service_profile',
  plural: 'service_profiles',
  path: 'service_profiles',
  extension: 'flavors',
  help: 'How the service of a flavor is made: by a driver, or as its text says.',
  command: { noun: 'flavor-profile' },
  fields: {
    ...identified,
    description: { ...description, column: 1 },
    driver: {
      type: 'string',
      maxLength: 1024,
      create: 'optional',
      update: true,
      default: '',
      help: 'A driver among the service providers',
    },
    metainfo: {
      type: 'string',
      maxLength: 4096,
      create: 'optional',
      update: true,
      default: '',
      column: 3,
      help: 'Text for the service',
    },
    enabled: { ...enabled, column: 2 },
  },
});
export type ServiceProfile = RowOf<typeof serviceProfile>;
