/** Stable codes of what can be wrong with a mapping configuration (spec ERP §6.2, contract schemas). */
export type ConfigurationIssueCode =
  | 'INVALID_VALUE'
  | 'REQUIRED'
  | 'UNIQUE_ID_UNMAPPED'
  | 'SOURCE_MISSING'
  | 'EXPRESSION_SYNTAX'
  | 'EXPRESSION_LIMIT'
  | 'JSONPATH_SYNTAX'
  | 'SCOPE_MISSING'
  | 'READING_ATTRIBUTES_MISSING'
  | 'RESERVED_NAME'
  | 'OBJECT_TYPE_UNKNOWN';

/** One finding. `path` is written like `entities[0].fields[2].field`; `position` counts characters inside that text. */
export interface ConfigurationIssue {
  readonly path: string;
  readonly message: string;
  readonly code: ConfigurationIssueCode;
  readonly position?: number;
}

/** A configuration that cannot be compiled; carries all issues, in configuration order (spec ERP §6.2). */
export class MappingConfigurationError extends Error {
  readonly code = 'MAPPING_CONFIGURATION_INVALID';
  readonly category = 'configuration';
  readonly issues: readonly ConfigurationIssue[];

  constructor(issues: readonly ConfigurationIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.name = 'MappingConfigurationError';
    this.issues = issues;
  }
}
