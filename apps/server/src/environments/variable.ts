/** The kinds of values that are served here: those the templates of the mission use (erp-integration.md 1.5), and plain data. */
export type VariableType =
  | 'String'
  | 'SecretString'
  | 'Text'
  | 'Number'
  | 'Boolean'
  | 'Map'
  | 'JSON'
  | 'Link'
  | 'List';

/** A variable of the organisation without its secret. */
export interface Variable {
  readonly key: string;
  readonly type: VariableType;
  /** Undefined without a value, and always for secrets. */
  readonly value: unknown;
  /** Whether there is a value, shown or not. */
  readonly hasValue: boolean;
  readonly itemType: string | undefined;
  readonly description: string | undefined;
  readonly group: string | undefined;
  readonly protected: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a template gets. */
export interface ResolvedVariable {
  readonly text: string;
  /** True for values that must be masked wherever they are shown. */
  readonly secret: boolean;
}

/** The contract's `EnvironmentVariable`. */
export function toWire(variable: Variable): Record<string, unknown> {
  return {
    key: variable.key,
    type: variable.type,
    ...(variable.itemType === undefined ? {} : { item_type: variable.itemType }),
    ...(variable.description === undefined ? {} : { description: variable.description }),
    ...(variable.group === undefined ? {} : { group: variable.group }),
    ...(variable.value === undefined ? {} : { value: variable.value }),
    protected: variable.protected,
    created_at: variable.createdAt.toISOString(),
    updated_at: variable.updatedAt.toISOString(),
  };
}
