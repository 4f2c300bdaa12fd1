import { asObject } from '../../../contract/json-object.ts';
import { type Document, type Entity, isDocument } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { renderTemplate, TemplateError } from '../../../templates/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { addressLine } from '../reading/address-line.ts';
import { callerDocuments } from './caller-documents.ts';
import { hydrateRelated } from './hydrate-related.ts';

/** Template texts by name, nested or not, as requests and pages bring them. */
export type Templates = { readonly [name: string]: string | Templates };
/** What templates made, under the same names. */
export type Outputs = { [name: string]: string | Outputs };

const DEEPEST_RELATIONS = 3;
const LIMITS = { outputLength: 65_536, steps: 20_000 };
const TAG = /([A-Za-z0-9_]+)\[([^\]"'{}]{1,100})\]/g;
/** A path that ends with a number, which the template language takes for a number of its own; texts in quotes are passed over. */
const LAST_INDEX = /"[^"]*"|'[^']*'|\b([A-Za-z_]\w*(?:\.\w+){0,10})\.(\d{1,5})(?=[\s})|~])/g;

/** Reads the templates of a request; names without a text or a map of texts are left out. */
export function readTemplates(value: unknown): Templates | undefined {
  const read = Object.entries(asObject(value)).flatMap(([name, text]): [string, string | Templates][] => {
    if (typeof text === 'string') return [[name, text]];
    const nested = readTemplates(text);
    return nested ? [[name, nested]] : [];
  });
  return read.length > 0 ? Object.fromEntries(read) : undefined;
}

/** Renders templates; a broken or too costly one gives an empty text (spec/portal.md §5.6). */
export function renderOutputs(templates: Templates, context: Document): Outputs {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [
      name,
      typeof template === 'string' ? render(template, context) : renderOutputs(template, context),
    ]),
  );
}

function render(template: string, context: Document): string {
  return renderText(template, context).trim();
}

/**
 * Renders one text with addresses and related entities in their spoken form; a broken or too costly one gives an empty text. `finish` makes
 * what is inserted safe for the place where the text stands.
 */
export function renderText(
  template: string,
  context: Document,
  finish: (line: string) => string = (line) => line,
): string {
  try {
    const asLine = (text: string, path: readonly string[]) => finish(lineOf(valueAt(context, path), text));
    return renderTemplate(withTagSteps(template), context, { escape: asLine, limits: LIMITS });
  } catch (error) {
    if (error instanceof TemplateError) return '';
    throw error;
  }
}

/** What a value says in one line: addresses and entities as people write them, everything else as it is. */
function lineOf(value: unknown, text: string): string {
  if (Array.isArray(value))
    return value
      .map((item: unknown) => lineOf(item, String(item ?? '')))
      .filter((line) => line !== '')
      .join(', ');
  if (!isDocument(value)) return text;
  const line = addressLine(value);
  if (line !== '') return line;
  const spoken = [value['_title'], value['email'], value['phone'], value['value']].find(
    (one) => typeof one === 'string',
  );
  return typeof spoken === 'string' ? spoken : '';
}

function valueAt(context: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return isOwn ? Reflect.get(value, step) : undefined;
  }, context);
}

/** `customer[Primary].name` and `delivery_address.0` in the form the template language has for them. */
function withTagSteps(template: string): string {
  return template.replace(/\{\{[^}]*\}\}/g, (tag) =>
    tag
      .replace(TAG, (_all, name, wanted) => `${name}.[#${wanted}]`)
      .replace(LAST_INDEX, (all: string, path?: string, index?: string) =>
        path === undefined ? all : `${path}.[${index}]`,
      ),
  );
}

/** The contexts of templates for a list of entities. */
export interface TemplateContexts {
  of(at: number, slug: string): Document;
}

/**
 * What templates see: the entity under its slug, `contact` and `portal_user`, each with visible attributes only. The relations that the
 * templates name are followed, up to three steps.
 */
export async function templateContext(
  queries: TenantQueries,
  access: PortalAccess,
  shown: readonly Document[],
  entities: readonly Entity[],
  templatesOf: (slug: string) => Templates | undefined,
): Promise<TemplateContexts> {
  const texts = [...new Set(entities.map(({ schema }) => schema))].flatMap((slug) =>
    textsOf(templatesOf(slug) ?? {}),
  );
  if (texts.length === 0) return { of: () => ({}) };
  const names = namesIn(texts);
  const tags = tagsIn(texts);
  const caller = await callerDocuments(queries, access);
  const [contact = {}, portalUser = {}, ...own] = await follow(
    access,
    [caller.contact, caller.portalUser, ...shown],
    names,
    DEEPEST_RELATIONS,
  );
  const ready = (document: Document) => asDocument(readable(document, tags));
  const around = { contact: ready(contact), portal_user: ready(portalUser) };
  return { of: (at, slug) => ({ ...around, [slug]: ready(own[at] ?? {}) }) };
}

function textsOf(templates: Templates): string[] {
  return Object.values(templates).flatMap((value) => (typeof value === 'string' ? [value] : textsOf(value)));
}

/** All names that stand between braces: the members a template can touch. */
function namesIn(texts: readonly string[]): ReadonlySet<string> {
  const braces = texts.flatMap((text) => text.match(/\{\{[^}]*\}\}/g) ?? []);
  return new Set(braces.flatMap((brace) => brace.match(/[A-Za-z0-9_]+/g) ?? []));
}

function tagsIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(TAG)].map((match) => match[2] ?? '')))];
}

/** Replaces the relations that templates name by what the user may see of the entities they point to. */
async function follow(
  access: PortalAccess,
  documents: readonly Document[],
  names: ReadonlySet<string>,
  steps: number,
): Promise<Document[]> {
  const isWanted = ([name, value]: [string, unknown]) => names.has(name) && isRelation(value);
  const wanted = documents.map((document) => Object.fromEntries(Object.entries(document).filter(isWanted)));
  if (steps === 0 || wanted.every((one) => Object.keys(one).length === 0)) return [...documents];
  // Parties are shown at the first step only: from a customer's neighbour no template finds its way to strangers.
  const strictly = steps < DEEPEST_RELATIONS;
  const hydrated = await hydrateRelated(access, wanted, { hidden: 'nothing', strictly, holders: [] });
  // All related entities of all documents at once, so that the number of statements depends on the steps only.
  const items = hydrated.flatMap((one) =>
    Object.values(one).flatMap((value) => (Array.isArray(value) ? value : [])),
  );
  const followed = await follow(access, items.map(asDocument), names, steps - 1);
  let place = 0;
  return documents.map((document, at) => {
    const relations = Object.entries(hydrated[at] ?? {}).map(([name, value]) => {
      const length = Array.isArray(value) ? value.length : 0;
      const part = followed.slice(place, place + length);
      place += length;
      return [name, part];
    });
    return { ...document, ...Object.fromEntries(relations) };
  });
}

function isRelation(value: unknown): boolean {
  return isDocument(value) && (Array.isArray(value['$relation']) || Array.isArray(value['$relation_ref']));
}

/**
 * Values as templates read them: lists get a member per tag, the first item that carries it or else the first.
 */
function readable(value: unknown, tags: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => readable(item, tags));
    const tagged = tags.map((tag) => [`#${tag}`, items.find((item) => hasTag(item, tag)) ?? items[0]]);
    return Object.assign(items, Object.fromEntries(tagged));
  }
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member, tags)]));
}

function hasTag(item: unknown, tag: string): boolean {
  const relation = asObject(asDocument(item)['$relation']);
  const carried = [asDocument(item)['_tags'], relation['_tags']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return carried.some((one: unknown) => typeof one === 'string' && one.toLowerCase() === tag.toLowerCase());
}

function asDocument(value: unknown): Document {
  return isDocument(value) ? value : {};
}
