import { asObject } from '../../../contract/json-object.ts';
import {
  type Document,
  type Entity,
  type EntitySchema,
  lockEntity,
  type WriteOptions,
  type Written,
} from '../../../entities/index.ts';
import type { Call } from '../../../http/call.ts';
import { forbidden, invalid, notFound, Refusal } from '../../../refusal.ts';
import type { TenantTransaction } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { editRulesOf } from '../edit-rules/edit-rule.ts';
import { type FailedRule, firstFailedRule } from '../edit-rules/judge-edit.ts';
import { storedFacts } from '../edit-rules/stored-facts.ts';
import type { PortalEntitiesPlatform } from '../platform.ts';
import { portalSource } from './caller-source.ts';
import { recordPortalChanges } from './change-store.ts';
import { checkRelations, checkValues } from './check-values.ts';
import { minorDigits, withMoneySiblings } from './money-siblings.ts';

/** Attribute types that nobody writes. */
const NEVER_WRITTEN: ReadonlySet<string> = new Set(['computed', 'sequence']);

/** What a portal user sends to change an entity. */
export interface PortalPatch {
  readonly slug: string;
  readonly id: string;
  readonly attributes: Document;
}

/**
 * Changes an entity for a portal user: the pipeline of spec/portal.md §5.8. `null` clears. Answers the entity as the user sees it, with
 * pending values in `_changesets`.
 * @throws Refusal 404 out of reach, 403 not editable or an edit rule (`ENTITY_EDIT_RULE`), 400 values that do not fit
 */
export async function updateEntity(
  platform: PortalEntitiesPlatform,
  call: Pick<Call, 'principal' | 'tenant'>,
  patch: PortalPatch,
): Promise<Document> {
  const access = await platform.accessOf(call);
  await access.load(patch.slug, patch.id);
  const written = await call.tenant.transaction((tx) => writePatch(platform, access.within(tx), tx, patch));
  return access.shownAttributes(written.entity);
}

async function writePatch(
  platform: PortalEntitiesPlatform,
  access: PortalAccess,
  tx: TenantTransaction,
  { slug, id, attributes }: PortalPatch,
): Promise<Written> {
  // Rules count former changes and compare with the stored value: nobody else may write in between.
  const entity = await lockEntity(tx, id, slug);
  if (!entity) throw notFound('The entity', 'ENTITY_NOT_FOUND');
  access.requireEdit(entity);
  return writeAttributes(platform, access, tx, entity, attributes);
}

/**
 * Writes attributes of an entity that the transaction has locked and that the user may edit: steps 1 to 5 of spec/portal.md §5.8 for the
 * attributes. Throws 403 and 400 as `updateEntity` does.
 */
export async function writeAttributes(
  { graph, clock }: Pick<PortalEntitiesPlatform, 'graph' | 'clock'>,
  access: PortalAccess,
  tx: TenantTransaction,
  entity: Entity,
  attributes: Document,
): Promise<Written> {
  const { id, schema: slug } = entity;
  const schema = access.requireSchema(slug);
  const sent = withMoneySiblings(schema, writableAttributes(schema, attributes), entity.doc);
  const options: WriteOptions = { source: portalSource(access.user) };
  const wish = { id, schema: slug, attributes: sent };
  // What a write would really change, after the graph's own normalisation.
  const trial = await graph.patch(tx, wish, { ...options, direct: true, dryRun: true });
  const changed = changedAttributes(schema, trial);
  refuseUneditable(access, entity, changed);
  checkValues(schema, changed, trial.entity.doc);
  await checkRelations(access, entity, changed, trial.entity.doc);
  checkDueDay(access, changed, trial.entity.doc);
  await applyEditRules(tx, access, schema, entity, changed, trial.entity.doc, clock.now());
  const written = await graph.patch(tx, wish, {
    ...options,
    approvalAttributes: approvalAttributes(access, slug),
    activityType: 'EntityUpdatedFromPortal',
  });
  await recordPortalChanges(tx, id, changed, new Set(written.changesets.created), clock.now());
  return written;
}

/** What the schema lets anybody write; unknown attributes are ignored (spec/portal.md §12.3). */
function writableAttributes(schema: EntitySchema, sent: Document): Document {
  const members = Object.entries(sent).filter(([name]) => {
    const attribute = schema.attribute(schema.owningAttribute(name));
    return (
      attribute !== undefined &&
      !name.startsWith('_') &&
      attribute.readonly !== true &&
      !NEVER_WRITTEN.has(attribute.type)
    );
  });
  return Object.fromEntries(members);
}

function changedAttributes(schema: EntitySchema, { diff }: Written): string[] {
  const members = [diff.added, diff.updated, diff.deleted].flatMap((part) => Object.keys(part));
  return [
    ...new Set(members.filter((name) => !name.startsWith('_')).map((name) => schema.owningAttribute(name))),
  ];
}

function refuseUneditable(access: PortalAccess, entity: Entity, changed: readonly string[]): void {
  const refused = changed.find((name) => !access.canEditAttribute(entity, name));
  if (refused !== undefined) throw forbidden(`Not permitted: entity:attribute:edit ${refused}`);
}

function checkDueDay({ portal }: PortalAccess, changed: readonly string[], after: Document): void {
  if (!changed.includes('billing_due_day')) return;
  if (asObject(portal.config['feature_settings'])['change_due_date'] !== true) {
    throw forbidden('Not permitted: changing the due date');
  }
  const day = after['billing_due_day'];
  const isDay = typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 31;
  if (!isDay) throw invalid({ path: 'body.billing_due_day', message: 'must be a day of the month, 1 to 31' });
}

async function applyEditRules(
  tx: TenantTransaction,
  access: PortalAccess,
  schema: EntitySchema,
  entity: Entity,
  changed: readonly string[],
  after: Document,
  now: Date,
): Promise<void> {
  const rules = editRulesOf(access.portal.config['entity_edit_rules'], schema);
  if (rules.length === 0) return;
  const edits = changed.map((attribute) => {
    const isMoney = schema.attribute(attribute)?.type === 'currency';
    const digits = isMoney ? minorDigits(entity.doc[`${attribute}_currency`]) : 0;
    return { attribute, values: { from: entity.doc[attribute], to: after[attribute], minorDigits: digits } };
  });
  const failed = await firstFailedRule(rules, edits, storedFacts(tx, entity, schema, access, now));
  if (failed) throw refusedByRule(failed);
}

/** 403 with the rule as configured (contract response `ForbiddenByRule`). */
function refusedByRule({ rule, nextAllowedAt }: FailedRule): Refusal {
  return new Refusal(403, 'ENTITY_EDIT_RULE', `An edit rule forbids to change ${rule.attribute} now`, {
    reason: 'ENTITY_EDIT_RULE',
    members: {
      failed_rule: rule.configured,
      ...(nextAllowedAt ? { next_allowed_at: nextAllowedAt.toISOString() } : {}),
    },
  });
}

/** The attributes of a schema that the portal keeps for approval (`approval_state_attributes`). */
export function approvalAttributes({ portal }: PortalAccess, slug: string): ReadonlySet<string> {
  const named = asObject(portal.config['approval_state_attributes'])[slug];
  return new Set(
    Array.isArray(named) ? named.filter((name): name is string => typeof name === 'string') : [],
  );
}
