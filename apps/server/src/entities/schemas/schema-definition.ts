import { isDocument } from '../model/document.ts';

/** An attribute as a schema defines it; members without server behaviour are kept as they were sent (contract schema `Attribute`). */
export interface AttributeDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly required?: boolean;
  readonly readonly?: boolean;
  readonly repeatable?: boolean;
  readonly has_primary?: boolean;
  readonly default_value?: unknown;
  readonly exclude_from_search?: boolean;
  readonly edit_mode?: string;
  readonly edit_mode_config?: Readonly<Record<string, unknown>>;
  readonly options?: readonly unknown[];
  readonly data_type?: string;
  readonly prefix?: string;
  readonly start_number?: number;
  /** Of `computed` attributes: the template of their value. */
  readonly value_formatter?: unknown;
  readonly relation_type?: string;
  readonly allowedSchemas?: readonly string[];
  /** Slug of a target's schema to the relation attribute on the target that points back. */
  readonly reverse_attributes?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** A schema as it is saved and answered (contract schema `EntitySchema`). */
export interface SchemaDefinition {
  readonly slug: string;
  readonly name: string;
  readonly plural: string;
  readonly title_template?: string;
  readonly attributes: readonly AttributeDefinition[];
  readonly capabilities: readonly unknown[];
  readonly [member: string]: unknown;
}

/** Tells whether stored or sent JSON has the members that every schema needs, with attributes that have a name, label and type. */
export function isSchemaDefinition(value: unknown): value is SchemaDefinition {
  return (
    isDocument(value) &&
    typeof value['slug'] === 'string' &&
    typeof value['name'] === 'string' &&
    typeof value['plural'] === 'string' &&
    Array.isArray(value['capabilities']) &&
    Array.isArray(value['attributes']) &&
    value['attributes'].every(isAttributeDefinition)
  );
}

function isAttributeDefinition(value: unknown): value is AttributeDefinition {
  return (
    isDocument(value) &&
    typeof value['name'] === 'string' &&
    typeof value['label'] === 'string' &&
    typeof value['type'] === 'string' &&
    (value['reverse_attributes'] === undefined || isDocument(value['reverse_attributes']))
  );
}
