import { createActivity, type Entity, type WriteOptions } from '../../../entities/index.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { portalSource } from '../../entities/index.ts';

const TITLES = {
  DocUploadedFromPortal: ['Files uploaded', 'uploaded files to'],
  DocRemovedFromPortal: ['Files removed', 'removed files from'],
} as const;

/** Announces in an entity's feed that its files change; the writes that follow join this activity. Answers how they are to be written. */
export async function announceFileChange(
  tx: TenantTransaction,
  access: PortalAccess,
  type: keyof typeof TITLES,
  parent: Entity,
  now: Date,
): Promise<WriteOptions> {
  const [title, verb] = TITLES[type];
  const source = portalSource(access.user);
  const activity = await createActivity(
    tx,
    {
      ...{ type, title, message: `{{caller}} ${verb} {{entity payload.entity.id payload.entity.schema}}` },
      payload: { entity: { id: parent.id, schema: parent.schema } },
    },
    [parent.id],
    source,
    now,
  );
  return { source, activityId: activity.id, direct: true };
}
