import { invalid } from '../refusal.ts';

/**
 * Reads an instant of a request. 400 for one that the format `date-time` allows and no calendar or database has: a leap second, the year 0, what
 * an offset moves beyond the year 9999.
 */
export function readInstant(text: string, path: string): Date {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || !/^(?!0000)\d{4}-/.test(instant.toISOString()))
    throw invalid({ path, message: 'is no instant' });
  return instant;
}
