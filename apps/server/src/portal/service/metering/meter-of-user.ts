import type { Entity } from '../../../entities/index.ts';
import { forbidden, Refusal } from '../../../refusal.ts';
import type { PortalAccess } from '../../access/index.ts';

/**
 * A meter the user reaches. Throws 403 for every other one, known or not: the metering operations document no 404 (spec/portal.md §8.1 step 1).
 */
export async function meterOfUser(access: PortalAccess, meterId: string): Promise<Entity> {
  try {
    return await access.load('meter', meterId);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) throw forbidden('Not permitted: this meter');
    throw error;
  }
}
