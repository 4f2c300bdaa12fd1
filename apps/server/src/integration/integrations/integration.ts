/** The editable fields of an integration, under the contract's names (contract: `IntegrationEditableFields`). */
export type IntegrationDefinition = Readonly<Record<string, unknown>> & { readonly name: string };

/** One ERP connection of an organisation (erp-integration.md 1.1). */
export interface Integration {
  readonly org: string;
  readonly id: string;
  readonly definition: IntegrationDefinition;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const EDITABLE = [
  'name',
  'description',
  'access_token_ids',
  'app_ids',
  'environment_config',
  'maps',
  'settings',
  'integration_type',
  'connector_config',
  'protected',
  '_manifest',
] as const;

/** The editable fields of a request body; everything else in it is ignored. */
export function editableFields(body: object): Readonly<Record<string, unknown>> {
  const known: ReadonlySet<string> = new Set(EDITABLE);
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => known.has(name) && value !== undefined),
  );
}

/** An integration as the contract shows it (contract: `Integration`); instants are ISO UTC with milliseconds. */
export function toWire({ org, id, definition, createdAt, updatedAt }: Integration): Record<string, unknown> {
  return {
    ...definition,
    id,
    orgId: org,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
