import { type Document, isDocument, stringsOf } from '../model/document.ts';
import { canonicalJson } from '../model/json-equality.ts';
import { relationItems } from '../model/relation-items.ts';

/** The algorithms of the contract schema `FuzzyConfig` that are offered; `regex` is refused when a schema is saved. */
export const FUZZY_TYPES: ReadonlySet<string> = new Set([
  'suffix',
  'digits_only',
  'normalize_phone',
  'ignore_fields',
  'set_equivalent',
  'entry_match',
  'relation_set',
]);

/** Compares a proposed with an incoming value by a `FuzzyConfig`. An unknown algorithm, or values of another form, never match. */
export function fuzzyMatch(config: Document, proposed: unknown, incoming: unknown): boolean {
  switch (config['type']) {
    case 'suffix':
      return sameSuffix(config['suffix_length'], proposed, incoming);
    case 'digits_only':
      return isText(proposed) && isText(incoming) && digits(proposed) === digits(incoming);
    case 'normalize_phone':
      return sameEntries(proposed, incoming, (item) => phoneNumber(config, item), 'exact_set');
    case 'ignore_fields':
      return listText(config, proposed) === listText(config, incoming);
    case 'set_equivalent':
      return sameEntries(
        proposed,
        incoming,
        (item) => entryText(config, item),
        config['mode'] ?? 'exact_set',
      );
    case 'entry_match':
      return sameEntries(
        proposed,
        incoming,
        (item) => businessKey(config['key'], item),
        config['mode'] ?? 'subset',
      );
    case 'relation_set':
      return sameRelations(config, proposed, incoming);
    default:
      return false;
  }
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function sameSuffix(length: unknown, proposed: unknown, incoming: unknown): boolean {
  if (!isText(proposed) || !isText(incoming) || typeof length !== 'number' || length < 1) return false;
  return String(proposed).slice(-length) === String(incoming).slice(-length);
}

function digits(value: string | number): string {
  return String(value).replace(/\D/g, '');
}

/** The digits of a number without an international prefix, the configured country code and the national zero. */
function phoneNumber(config: Document, item: unknown): string {
  const member = typeof config['match_on'] === 'string' ? config['match_on'] : 'phone';
  const value = isDocument(item) ? item[member] : item;
  if (!isText(value)) return '';
  const text = String(value).trim();
  const international = text.startsWith('+') || text.startsWith('00');
  const number = digits(text).replace(/^0+/, '');
  const code = typeof config['country_code'] === 'string' ? digits(config['country_code']) : '';
  return international && code !== '' && number.startsWith(code)
    ? number.slice(code.length).replace(/^0+/, '')
    : number;
}

function entryText(config: Document, item: unknown): string {
  return canonicalJson(item, new Set(['_id', ...stringsOf(config['fields_to_ignore'])]));
}

function listText(config: Document, value: unknown): string {
  return (Array.isArray(value) ? value : [value]).map((item) => entryText(config, item)).join('\n');
}

function businessKey(key: unknown, item: unknown): string {
  const names = typeof key === 'string' ? [key] : stringsOf(key);
  return isDocument(item) && names.length > 0
    ? canonicalJson(names.map((name) => item[name]))
    : canonicalJson(item);
}

/** `exact_set`: the same entries as often, in any order. `subset`: every proposed entry comes in, more may. */
function sameEntries(
  proposed: unknown,
  incoming: unknown,
  textOf: (item: unknown) => string,
  mode: unknown,
): boolean {
  if (!Array.isArray(proposed) || !Array.isArray(incoming)) {
    return !Array.isArray(proposed) && !Array.isArray(incoming) && textOf(proposed) === textOf(incoming);
  }
  const left = incoming.map(textOf);
  for (const item of proposed) {
    const place = left.indexOf(textOf(item));
    if (place < 0) return false;
    left.splice(place, 1);
  }
  return mode === 'subset' || left.length === 0;
}

function sameRelations(config: Document, proposed: unknown, incoming: unknown): boolean {
  const [left, right] = [relationItems(proposed), relationItems(incoming)].map((items) =>
    items?.map((item) =>
      canonicalJson([
        item.entity_id,
        config['require_tags_match'] === true ? stringsOf(item._tags).sort() : [],
      ]),
    ),
  );
  if (!left || !right) return false;
  if (config['ordered'] === true) return canonicalJson(left) === canonicalJson(right);
  return canonicalJson(left.sort()) === canonicalJson(right.sort());
}
