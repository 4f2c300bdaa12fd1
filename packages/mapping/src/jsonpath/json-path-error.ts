/** A path that does not parse. `position` counts UTF-16 code units from 0 in the text given (RFC 9535 §2.1). */
export class JsonPathSyntaxError extends Error {
  readonly code = 'JSONPATH_SYNTAX';
  readonly position: number;

  constructor(message: string, position: number) {
    super(`${message} at position ${position}`);
    this.name = 'JsonPathSyntaxError';
    this.position = position;
  }
}

/** A path that visited more nodes than its budget, or than what all paths of an event may. */
export class JsonPathLimitError extends Error {
  readonly code = 'JSONPATH_LIMIT';

  constructor(budget: number) {
    super(`More than ${budget} nodes were visited`);
    this.name = 'JsonPathLimitError';
  }
}
