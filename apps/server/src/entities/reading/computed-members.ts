import { renderTemplate, TemplateError } from '../../templates/index.ts';
import type { Document } from '../model/document.ts';
import type { EntitySchema } from '../schemas/entity-schema.ts';
import type { AttributeDefinition } from '../schemas/schema-definition.ts';

/** One formatter is a line of text about one entity; a page has a thousand of them. */
const LIMITS = { steps: 1_000, outputLength: 10_000 };
/** The one formatter that the contract names (schema `ComputedAttribute`): an amount as people write it. */
const CURRENCY = /^\{\{\{?\s*formatCurrencyAttribute\s+entity\s+attribute(?:\s+locale)?\s*\}?\}\}$/;
const CURRENCY_CODE = /^[A-Z]{3}$/;

/**
 * The members that a schema computes (spec/entities.md §2.1, type `computed`): each formatter sees the members it is given, at the top, as
 * `entity` and under the schema's slug. What a formatter cannot render is an empty text.
 * @param members of an entity, as far as its reader may see them
 */
export function computedMembers(schema: EntitySchema | undefined, members: Document): Document {
  if (!schema || schema.computed.length === 0) return {};
  const context = { ...members, entity: members, [schema.slug]: members };
  return Object.fromEntries(
    schema.computed.map((attribute) => [attribute.name, computed(attribute, members, context)]),
  );
}

function computed(attribute: AttributeDefinition, members: Document, context: Document): string {
  const formatter = String(attribute.value_formatter);
  if (CURRENCY.test(formatter.trim())) return currencyText(attribute, members);
  try {
    return renderTemplate(formatter, context, { escape: 'none', limits: LIMITS }).trim();
  } catch (error) {
    if (error instanceof TemplateError) return '';
    throw error;
  }
}

/** `amount_field` names integer minor units, `currency_field` the ISO 4217 code beside them; German notation. */
function currencyText(attribute: AttributeDefinition, members: Document): string {
  const field = String(attribute['amount_field'] ?? '');
  const cents = members[field];
  if (typeof cents !== 'number' || !Number.isSafeInteger(cents)) return '';
  const code = members[String(attribute['currency_field'] ?? `${field}_currency`)];
  const currency = typeof code === 'string' && CURRENCY_CODE.test(code) ? code : 'EUR';
  return new Intl.NumberFormat('de-DE', { style: 'currency', currency }).format(cents / 100);
}
