import type { EntityChangeListener } from '../entities/index.ts';
import { sql } from '../storage/index.ts';

/** Listens to entity writes: a purged entity is no longer what a workflow runs for. The workflow itself goes on for the others. */
export const forgetWorkflowsOf: EntityChangeListener = async (tx, changes) => {
  const purged = changes.flatMap(({ operation, before }) =>
    operation === 'deleteEntity' && before ? [before.id] : [],
  );
  if (purged.length === 0) return;
  await tx.run(
    sql`delete from workflow_context where org_id = ${tx.org} and entity_id = any(${purged}::uuid[])`,
  );
};
