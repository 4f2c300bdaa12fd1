import {
  attributeErrors,
  type Document,
  type Entity,
  type EntitySchema,
  isDocument,
  relationItems,
  relationReferences,
} from '../../../entities/index.ts';
import { invalid, type Problem } from '../../../refusal.ts';
import type { PortalAccess } from '../../access/index.ts';

const PHONE = /^\+?[\d\s()/.-]{3,32}$/;

/** Throws 400 when changed values do not fit their attributes (spec/portal.md §5.8 step 2). */
export function checkValues(schema: EntitySchema, changed: readonly string[], after: Document): void {
  const problems = changed.flatMap((name): Problem[] => {
    const attribute = schema.attribute(name);
    if (!attribute) return [];
    const value = after[name];
    const errors = attributeErrors(schema, attribute, value).map(({ instance_path, message }) => ({
      path: `body${instance_path.replaceAll('/', '.')}`,
      message,
    }));
    return [
      ...errors,
      ...phoneProblems(attribute.type, name, value),
      ...paymentProblems(attribute.type, name, value),
    ];
  });
  if (problems.length > 0) throw invalid(problems);
}

function phoneProblems(type: string, name: string, value: unknown): Problem[] {
  if (type !== 'phone') return [];
  return itemsOf(value).flatMap((item, at) => {
    const phone = item['phone'];
    if (typeof phone !== 'string' || phone === '' || PHONE.test(phone)) return [];
    return [{ path: `body.${name}[${at}].phone`, message: 'is no phone number' }];
  });
}

function paymentProblems(type: string, name: string, value: unknown): Problem[] {
  if (type !== 'payment') return [];
  return itemsOf(value).flatMap((item, at) => {
    const data = isDocument(item['data']) ? item['data'] : {};
    if (item['type'] !== 'payment_sepa' || isIban(data['iban'])) return [];
    return [{ path: `body.${name}[${at}].data.iban`, message: 'is no IBAN' }];
  });
}

function itemsOf(value: unknown): Document[] {
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

/** ISO 13616: country, two check digits, account; the rearranged number is 1 modulo 97. */
function isIban(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const iban = value.replace(/\s/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...`${iban.slice(4)}${iban.slice(0, 4)}`]
    .map((character) => Number.parseInt(character, 36))
    .join('');
  return BigInt(digits) % 97n === 1n;
}

/** Throws 400 when new relations point to entities out of reach, or references to items of something else than contacts in reach. */
export async function checkRelations(
  access: PortalAccess,
  before: Entity,
  changed: readonly string[],
  after: Document,
): Promise<void> {
  const known = new Set(changed.flatMap((name) => targetsOf(before.doc[name])));
  const wanted = changed
    .flatMap((name) => targetsOf(after[name]).map((id) => ({ name, id })))
    .filter(({ id }) => !known.has(id));
  if (wanted.length === 0) return;
  const found = new Map(
    (await access.loadMany(wanted.map(({ id }) => id))).map((entity) => [entity.id, entity]),
  );
  const refused = wanted.filter(({ name, id }) => {
    const target = found.get(id);
    return !target || (relationReferences(after[name]) !== undefined && target.schema !== 'contact');
  });
  if (refused.length === 0) return;
  throw invalid(
    refused.map(({ name }) => ({ path: `body.${name}`, message: 'points to an entity that was not found' })),
  );
}

function targetsOf(value: unknown): string[] {
  return [...(relationItems(value) ?? []), ...(relationReferences(value) ?? [])].map(
    ({ entity_id }) => entity_id,
  );
}
