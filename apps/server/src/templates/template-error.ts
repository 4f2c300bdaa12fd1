/**
 * `SYNTAX`: not a template. `UNSUPPORTED`: Handlebars, but not offered here (helpers, partials, decorators). `TOO_LARGE`, `TOO_DEEP`,
 * `TOO_MANY_STEPS`, `OUTPUT_TOO_LARGE`: a limit was crossed. `MISSING_VARIABLE`: an environment variable has no value.
 */
export type TemplateErrorCode =
  | 'SYNTAX'
  | 'UNSUPPORTED'
  | 'TOO_LARGE'
  | 'TOO_DEEP'
  | 'TOO_MANY_STEPS'
  | 'OUTPUT_TOO_LARGE'
  | 'MISSING_VARIABLE';

/** Why a template could not be read or rendered. Messages may be shown to whoever wrote the template; they contain no values. */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  /** Line of the template, from 1, where known. */
  readonly line: number | undefined;

  constructor(code: TemplateErrorCode, message: string, options?: ErrorOptions & { readonly line?: number }) {
    super(message, options);
    this.name = 'TemplateError';
    this.code = code;
    this.line = options?.line;
  }
}
