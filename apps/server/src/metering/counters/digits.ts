import type { Entity } from '../../entities/index.ts';

/** How many digits before the point a counter shows, from its attribute `digits`; undefined when it has none that makes sense. */
export function digitsOf(counter: Entity | undefined): number | undefined {
  const digits = Number(counter?.doc['digits'] ?? Number.NaN);
  return Number.isInteger(digits) && digits >= 1 && digits <= 15 ? digits : undefined;
}
