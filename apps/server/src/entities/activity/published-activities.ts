import { enqueueAll } from '../../jobs/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import type { Activity } from './activity.ts';

/** The queue whose jobs tell other systems of an activity; its payload is `{ activityId }`. The events room works on it. */
export const ACTIVITY_QUEUE = 'activity-publication';

/** Activities that webhooks can hear of: what portal users do, and what staff decide about their proposals (spec/portal.md §11). */
export const PUBLISHED_ACTIVITIES = [
  'EntityUpdatedFromPortal',
  'DocUploadedFromPortal',
  'DocRemovedFromPortal',
  'DocDownloadedFromPortal',
  'CreateMeterReading',
  'SelfAssignmentFromPortal',
  'PortalUserResetPassword',
  'PortalUserResetForgotPassword',
  'ChangesetApplied',
  'ChangesetDismissed',
] as const;

const PUBLISHED: ReadonlySet<string> = new Set(PUBLISHED_ACTIVITIES);

/**
 * Wishes, within the transaction of the activities, that other systems hear of them. It happens afterwards and not here, because the writes
 * that belong to an activity join it after it was created.
 */
export async function publishActivities(
  tx: TenantTransaction,
  activities: readonly Activity[],
): Promise<void> {
  const published = activities.filter(({ type, pending }) => PUBLISHED.has(type) && !pending);
  const [first] = published;
  if (!first) return;
  await enqueueAll(
    tx,
    published.map(({ id }) => ({ queue: ACTIVITY_QUEUE, lane: 'publish', payload: { activityId: id } })),
    first.timestamp,
  );
}
