import { TemplateError } from './template-error.ts';

const STRING_OR_SEGMENT = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]/y;
const COMMENT_END = /--~?\}\}/g;
const OPENING = /\{\{~?(?:#|\^(?!\s*~?\}\}))/y;
const CHAIN = /\{\{~?\s*else\s+[^\s~}]/y;
const CLOSING = /\{\{~?\//y;
const LONG_COMMENT = /\{\{~?!--/y;
const COMMENT = /\{\{~?!/y;

/**
 * Refuses nested blocks, subexpressions and raw blocks before the parser sees them: its effort grows with the square of the nesting and
 * worse (4,000 blocks took seconds, 15,000 parentheses did not end). Reads tags the way the parser's lexer does, in one pass.
 * @param depth deepest nesting of blocks; `{{else if}}` counts as one
 * @throws TemplateError `TOO_DEEP`, `UNSUPPORTED`
 */
export function checkNesting(text: string, depth: number): void {
  /** For every open block, the number of parser levels it takes. */
  const open: number[] = [];
  let levels = 0;
  let at = text.indexOf('{{');
  while (at !== -1) {
    if (isEscaped(text, at)) {
      at = text.indexOf('{{', at + 2);
      continue;
    }
    if (startsWith(OPENING, text, at)) {
      open.push(1);
      levels += 1;
    } else if (startsWith(CHAIN, text, at) && open.length > 0) {
      open.push((open.pop() ?? 0) + 1);
      levels += 1;
    } else if (startsWith(CLOSING, text, at)) {
      levels -= open.pop() ?? 0;
    }
    if (levels > depth)
      throw new TemplateError('TOO_DEEP', `Blocks are nested more than ${depth} deep`, {
        line: lineOf(text, at),
      });
    const end = endOfTag(text, at);
    at = end === -1 ? -1 : text.indexOf('{{', end);
  }
}

/** `\{{` is text, `\\{{` a backslash and a tag. */
function isEscaped(text: string, at: number): boolean {
  return text[at - 1] === '\\' && text[at - 2] !== '\\';
}

/** Where the tag that starts at `at` ends; -1 when it does not, in which case the parser stops here too. */
function endOfTag(text: string, at: number): number {
  if (startsWith(LONG_COMMENT, text, at)) {
    COMMENT_END.lastIndex = at;
    return COMMENT_END.test(text) ? COMMENT_END.lastIndex : -1;
  }
  if (startsWith(COMMENT, text, at)) return after(text, '}}', at);
  if (text.startsWith('{{{{', at)) throw unsupported('Raw blocks', text, at);
  let position = at + 2;
  while (position < text.length) {
    const character = text[position];
    if (character === '}' && text[position + 1] === '}') return position + 2;
    if (character === '(') throw unsupported('Subexpressions', text, position);
    if (character === '"' || character === "'" || character === '[') {
      if (!startsWith(STRING_OR_SEGMENT, text, position)) return -1;
      position = STRING_OR_SEGMENT.lastIndex;
    } else {
      position += 1;
    }
  }
  return -1;
}

/** Matches a sticky pattern at a position; its `lastIndex` is the end of the match. */
function startsWith(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

function unsupported(what: string, text: string, at: number): TemplateError {
  return new TemplateError('UNSUPPORTED', `${what} cannot be used in templates`, { line: lineOf(text, at) });
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
