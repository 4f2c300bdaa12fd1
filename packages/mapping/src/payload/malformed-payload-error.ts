/** Where in a payload text parsing stopped; both count from 1. */
export interface PayloadPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * The payload cannot be used as it is: not JSON, not well-formed XML, the wrong root, too deep or too large
 * (spec ERP §5, code of §13). The message names the place but repeats nothing of the payload except markup names.
 */
export class MalformedPayloadError extends Error {
  readonly code = 'MALFORMED_PAYLOAD';
  readonly category = 'validation';
  readonly position: PayloadPosition | undefined;

  constructor(message: string, position?: PayloadPosition) {
    super(position ? `${message} (line ${position.line}, column ${position.column})` : message);
    this.name = 'MalformedPayloadError';
    this.position = position;
  }
}

/** Line and column of an offset in a text whose line ends are `\n`. */
export function positionAt(source: string, offset: number): PayloadPosition {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}
