/** Why an expression gave no result; stable, for callers to switch on. */
export type ExpressionErrorCode =
  | 'EXPRESSION_SYNTAX'
  | 'EXPRESSION_RUNTIME'
  | 'EXPRESSION_TIMEOUT'
  | 'EXPRESSION_LIMIT';

/** What is known about a failure besides its code; offsets are UTF-16 units into the expression's source. */
export interface ExpressionErrorDetail {
  readonly position?: number;
  readonly token?: string;
  readonly jsonataCode?: string;
}

/**
 * The only error this package throws. `code` says whose fault it is: the text (SYNTAX), the data or the expression at run
 * time (RUNTIME), too much work (TIMEOUT) or too much size or depth (LIMIT). `jsonataCode` is the code of the JSONata
 * reference implementation (`T2001`, `D3030` ...) where it has one.
 */
export class ExpressionError extends Error {
  readonly code: ExpressionErrorCode;
  readonly position?: number;
  readonly token?: string;
  readonly jsonataCode?: string;

  constructor(code: ExpressionErrorCode, message: string, detail: ExpressionErrorDetail = {}) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
    if (detail.position !== undefined) this.position = detail.position;
    if (detail.token !== undefined) this.token = detail.token;
    if (detail.jsonataCode !== undefined) this.jsonataCode = detail.jsonataCode;
  }
}
