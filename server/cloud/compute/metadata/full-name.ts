// The name of an instance with its domain.
import type { InstanceRow } from '../../store/compute-tables.ts';

/** `vm01.novalocal`, or `vm01` where there is no domain. */
export const fullNameOf = ({ hostname }: Pick<InstanceRow, 'hostname'>, domain: string): string =>
  domain === '' ? hostname : `${hostname}.${domain}`;
