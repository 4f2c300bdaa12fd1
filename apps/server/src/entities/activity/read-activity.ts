import type { TenantQueries } from '../../storage/index.ts';
import type { Document } from '../model/document.ts';
import { findActivity } from './custom-activity.ts';
import { activityToWire } from './feed.ts';
import { readOperations } from './store.ts';

/** Operations that are shown of one activity. */
const MOST_OPERATIONS = 100;

/** One activity of the organisation with its operations (contract schema `ActivityItem`); undefined for an unknown one. */
export async function readActivity(queries: TenantQueries, id: string): Promise<Document | undefined> {
  const activity = await findActivity(queries, id);
  if (!activity) return undefined;
  const operations = await readOperations(queries, [id], { from: 0, size: MOST_OPERATIONS });
  return activityToWire(activity, operations.get(id));
}
