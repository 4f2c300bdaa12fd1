import type { IdentifierTypes, IdentifierValues } from '@busbar/mapping';
import { type ArrayOperation, arrayOperation, type Document, isDocument } from '../../entities/index.ts';
import { type Identity, identityOf } from './identity.ts';

/** A value to be stored at a relation's target, and referred to there (erp-integration.md 8.6). */
export interface ReferredValue {
  readonly path: string;
  readonly attribute: string;
  readonly operation: ArrayOperation['kind'];
  readonly value: unknown;
}

/** One target that an update names by its identifiers. */
export interface WantedLink {
  readonly identity: Identity;
  readonly tags: readonly string[] | undefined;
  /** Undefined for plain relations. */
  readonly referred: ReferredValue | undefined;
}

/** The targets of one relation attribute, to be found or created. */
export interface WantedLinks {
  readonly attribute: string;
  readonly member: '$relation' | '$relation_ref';
  readonly operation: ArrayOperation['kind'];
  readonly links: readonly WantedLink[];
}

/**
 * Separates the attributes that name relation targets by identifiers (as mapping writes them, erp-integration.md 6.9, 6.10) from those that are
 * stored as they are. A list with anything else in it is left among the plain ones.
 */
export function separateLinks(attributes: Document): { plain: Document; wanted: WantedLinks[] } {
  const wanted = wantedLinks(attributes);
  if (wanted.length === 0) return { plain: attributes, wanted };
  const separated = new Set(wanted.map(({ attribute }) => attribute));
  const plain = Object.entries(attributes).filter(([attribute]) => !separated.has(attribute));
  return { plain: Object.fromEntries(plain), wanted };
}

/** The attributes that name relation targets by identifiers. */
export function wantedLinks(attributes: Document): WantedLinks[] {
  const wanted: WantedLinks[] = [];
  for (const attribute of Object.keys(attributes)) {
    const links = linksOf(attribute, attributes[attribute]);
    if (links) wanted.push(links);
  }
  return wanted;
}

function linksOf(attribute: string, value: unknown): WantedLinks | undefined {
  if (!isDocument(value)) return undefined;
  for (const member of ['$relation', '$relation_ref'] as const) {
    const operation = arrayOperation(value[member]);
    if (!operation || operation.values.length === 0) continue;
    const links = operation.values.flatMap((item) => linkOf(item, member) ?? []);
    if (links.length === operation.values.length)
      return { attribute, member, operation: operation.kind, links };
  }
  return undefined;
}

function linkOf(item: unknown, member: WantedLinks['member']): WantedLink | undefined {
  if (!isDocument(item) || typeof item['_schema'] !== 'string') return undefined;
  const { $entity_unique_ids: values, $entity_unique_id_types: types = {}, _tags: tags } = item;
  if (!isIdentifierValues(values) || !isIdentifierTypes(types)) return undefined;
  const referred = member === '$relation_ref' ? referredValue(item) : undefined;
  if (member === '$relation_ref' && !referred) return undefined;
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return {
    identity: identityOf(item['_schema'], values, types),
    tags: texts.length > 0 ? texts : undefined,
    referred,
  };
}

function referredValue({ path, value }: Document): ReferredValue | undefined {
  if (typeof path !== 'string' || !isDocument(value) || typeof value['attribute'] !== 'string')
    return undefined;
  const operation = value['operation'];
  return {
    path,
    attribute: value['attribute'],
    operation: operation === '_append' || operation === '_append_all' ? operation : '_set',
    value: value['value'],
  };
}

function isIdentifierValues(value: unknown): value is IdentifierValues {
  return (
    isDocument(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((entry) => typeof entry === 'string' || typeof entry === 'number')
  );
}

function isIdentifierTypes(value: unknown): value is IdentifierTypes {
  return isDocument(value) && Object.values(value).every((type) => type === 'email' || type === 'phone');
}
