import type { EntityChangeListener } from '../../entities/index.ts';
import { sql } from '../../storage/index.ts';

/** Listens to entity writes and forgets, in the same transaction, what was remembered about purged files, users, campaigns and their recipients. */
export const forgetPurged: EntityChangeListener = async (tx, changes) => {
  const purged = changes.flatMap(({ operation, before }) =>
    operation === 'deleteEntity' && before ? [before.id] : [],
  );
  if (purged.length === 0) return;
  const { org } = tx;
  await tx.run(sql`
    delete from portal_file_seen
     where org_id = ${org} and (file_id = any(${purged}::uuid[]) or portal_user_id = any(${purged}::uuid[]))`);
  await tx.run(sql`
    delete from campaign_recipient
     where org_id = ${org} and (campaign_id = any(${purged}::uuid[]) or entity_id = any(${purged}::uuid[]))`);
  await tx.run(
    sql`delete from portal_notification where org_id = ${org} and portal_user_id = any(${purged}::uuid[])`,
  );
};
