import { schemasOf } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { type ReadingMatching, readMatching } from './reading-matching.ts';

/** The counter's attribute whose edit mode is that of its readings: what they change. */
export const READ_ATTRIBUTE = 'current_consumption';

/** How readings of counters are taken that nobody vouches for: at once, or as proposals. */
export type ReadingEditMode =
  | { readonly mode: 'direct' }
  | { readonly mode: 'external' | 'approval'; readonly matching: ReadingMatching };

/**
 * The edit mode of readings (spec/portal.md §8.1): that of the attribute `current_consumption` in the schema `meter_counter`, or `approval` when
 * `needsApproval` says so and the schema does not (as for attributes, §5.8).
 */
export async function readingEditMode(
  queries: TenantQueries,
  needsApproval: boolean,
): Promise<ReadingEditMode> {
  const schema = (await schemasOf(queries)).find('meter_counter');
  const own = schema?.editMode(READ_ATTRIBUTE) ?? 'direct';
  const mode = own === 'direct' && needsApproval ? 'approval' : own;
  if (mode === 'direct') return { mode };
  return { mode, matching: readMatching(schema?.attribute(READ_ATTRIBUTE)?.edit_mode_config) };
}
