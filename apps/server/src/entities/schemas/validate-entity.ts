import { type Document, isDocument } from '../model/document.ts';
import type { EntitySchema } from './entity-schema.ts';
import type { AttributeDefinition } from './schema-definition.ts';

/** One violation, as JSON Schema validators report it (contract schema `EntityValidationV2Error`). */
export interface EntityError {
  readonly keyword: string;
  /** JSON pointer into the entity. */
  readonly instance_path: string;
  /** JSON pointer into the schema's JSON Schema. */
  readonly schema_path: string;
  readonly params: Document;
  readonly message: string;
}

/** An entity that does not fit its schema, where the caller asked for validation. Undoes the write. */
export class InvalidEntity extends Error {
  readonly errors: readonly EntityError[];

  constructor(errors: readonly EntityError[]) {
    super('The entity does not fit its schema');
    this.name = 'InvalidEntity';
    this.errors = errors;
  }
}

/** Throws `InvalidEntity` when a document violates its schema: required attributes, and the stored form of each type (spec/entities.md §2.1). */
export function refuseInvalidEntity(schema: EntitySchema, doc: Document): void {
  const errors = schema.attributes.flatMap((attribute) =>
    attributeErrors(schema, attribute, doc[attribute.name]),
  );
  if (errors.length > 0) throw new InvalidEntity(errors);
}

/** How one attribute's value violates its schema; empty when it fits. */
export function attributeErrors(
  schema: EntitySchema,
  attribute: AttributeDefinition,
  value: unknown,
): EntityError[] {
  if (value === undefined || value === null || value === '') {
    if (attribute.required !== true || attribute.type === 'computed') return [];
    return [
      violation(
        'required',
        '',
        '/required',
        { missingProperty: attribute.name },
        `must have ${attribute.name}`,
      ),
    ];
  }
  const path = `/${attribute.name}`;
  if (!schema.isRepeatable(attribute.name)) return valueErrors(attribute, value, path, path);
  if (!Array.isArray(value)) return typeErrors(false, 'array', path, path);
  const member = schema.itemMember(attribute.name);
  return value.flatMap((item: unknown, index) => {
    const inner = isDocument(item) && member in item ? item[member] : item;
    return valueErrors(attribute, inner, `${path}/${index}`, `${path}/items`);
  });
}

const OBJECTS: ReadonlySet<string> = new Set(['address', 'payment', 'link']);
const LISTS: ReadonlySet<string> = new Set(['multiselect', 'checkbox', 'tags', 'relation_user', 'table']);
const TEXTS: ReadonlySet<string> = new Set(['string', 'email', 'phone', 'country', 'sequence']);
const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/,
  country: /^[A-Z]{2}$/,
  email: /^[^\s@]{1,64}@[^\s@]{1,255}$/,
};

const DATED: ReadonlySet<string> = new Set(['date', 'datetime']);

/** Whether a text begins with a day that exists; 31 February does not. A time behind it must exist, too. */
function isOnCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || Number.isNaN(Date.parse(text))) return false;
  return new Date(midnight).toISOString().startsWith(day);
}

function valueErrors(
  attribute: AttributeDefinition,
  value: unknown,
  path: string,
  schemaPath: string,
): EntityError[] {
  const { type } = attribute;
  if (type === 'number') return numberErrors(attribute, value, path, schemaPath);
  if (type === 'boolean') return typeErrors(typeof value === 'boolean', 'boolean', path, schemaPath);
  if (type === 'currency') return typeErrors(Number.isInteger(value), 'integer', path, schemaPath);
  if (OBJECTS.has(type)) return typeErrors(isDocument(value), 'object', path, schemaPath);
  if (LISTS.has(type)) return typeErrors(Array.isArray(value), 'array', path, schemaPath);
  if (type === 'relation' || type === 'file' || type === 'image') {
    return typeErrors(isDocument(value) && Array.isArray(value['$relation']), 'object', path, schemaPath);
  }
  if (type === 'select' || type === 'radio' || type === 'status')
    return optionErrors(attribute, value, path, schemaPath);
  if (!TEXTS.has(type) && !(type in FORMATS)) return [];
  if (typeof value !== 'string') return typeErrors(false, 'string', path, schemaPath);
  const format = FORMATS[type];
  const isFine = !format || (format.test(value) && (!DATED.has(type) || isOnCalendar(value)));
  if (isFine) return [];
  return [
    violation('format', path, `/properties${schemaPath}/format`, { format: type }, `must be a ${type}`),
  ];
}

/** Text by default, a JSON number with `data_type: number`. */
function numberErrors(
  attribute: AttributeDefinition,
  value: unknown,
  path: string,
  schemaPath: string,
): EntityError[] {
  if (attribute.data_type === 'number')
    return typeErrors(typeof value === 'number', 'number', path, schemaPath);
  const isNumeric = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  return typeErrors(isNumeric, 'string', path, schemaPath);
}

function optionErrors(
  attribute: AttributeDefinition,
  value: unknown,
  path: string,
  schemaPath: string,
): EntityError[] {
  const options = (attribute.options ?? []).map((option) => (isDocument(option) ? option['value'] : option));
  if (options.length === 0 || attribute['allow_any'] === true || options.includes(value)) return [];
  return [
    violation(
      'enum',
      path,
      `/properties${schemaPath}/enum`,
      { allowedValues: options },
      'must be one of the options',
    ),
  ];
}

function typeErrors(isValid: boolean, type: string, path: string, schemaPath: string): EntityError[] {
  return isValid
    ? []
    : [violation('type', path, `/properties${schemaPath}/type`, { type }, `must be ${type}`)];
}

function violation(
  keyword: string,
  path: string,
  schemaPath: string,
  params: Document,
  message: string,
): EntityError {
  return { keyword, instance_path: path, schema_path: `#${schemaPath}`, params, message };
}
