import { randomUUID } from 'node:crypto';
import { sameJson } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { editableFields, type Integration } from './integration.ts';
import { refuseUnusableFields } from './integration-rules.ts';
import { getIntegration, insertIntegration, updateIntegrationRow } from './integration-store.ts';

/** Creates an integration from a body that the contract allows. 400 for fields that cannot be used. */
export async function createIntegration(
  tx: TenantTransaction,
  body: { readonly name: string },
  now: Date,
): Promise<Integration> {
  const fields = editableFields(body);
  refuseUnusableFields(fields);
  const definition = { ...fields, name: body.name };
  const integration = { org: tx.org, id: randomUUID(), definition, createdAt: now, updatedAt: now };
  await insertIntegration(tx, integration);
  return integration;
}

/**
 * Changes the fields that a body names: lists are replaced, absent fields stay (erp-integration.md 3.4). The integration is locked; nothing
 * changes when all fields are as they were. 404 when it does not exist, 400 for fields that cannot be used.
 */
export async function changeIntegration(
  tx: TenantTransaction,
  id: string,
  body: object,
  now: Date,
): Promise<Integration> {
  const stored = await getIntegration(tx, id, 'for update');
  // The kind is given at creation; the contract's default would otherwise overwrite it with every partial update.
  const { integration_type: _kind, ...fields } = editableFields(body);
  refuseUnusableFields(fields);
  const definition = { ...stored.definition, ...fields };
  if (sameJson(definition, stored.definition)) return stored;
  const changed = { ...stored, definition, updatedAt: now };
  await updateIntegrationRow(tx, changed);
  return changed;
}
