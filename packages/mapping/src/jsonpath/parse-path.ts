import { type FilterContext, parseCondition } from './parse-filter.ts';
import { PathCursor } from './path-cursor.ts';
import type { PathQuery, PathSegment, PathSelector } from './path-syntax.ts';

/** Deepest nesting of filters and parentheses; a path text is short, this only stops stack exhaustion. */
const MAX_NESTING = 32;

/**
 * Parses the segments of a query that follow its `$` (RFC 9535 §2.2 to §2.5). `start` is where they begin in `source`,
 * so that positions in errors count from the start of the configured text.
 *
 * @throws JsonPathSyntaxError
 */
export function parsePath(source: string, start: number): PathQuery {
  const cursor = new PathCursor(source, start);
  const query = parseSegments(cursor, 0);
  if (!cursor.done) cursor.fail('Unexpected characters');
  return query;
}

function parseSegments(cursor: PathCursor, nesting: number): PathQuery {
  const segments: PathSegment[] = [];
  for (;;) {
    const before = cursor.position;
    cursor.skipBlanks();
    const segment = parseSegment(cursor, nesting);
    if (!segment) {
      cursor.rewind(before);
      return { segments };
    }
    segments.push(segment);
  }
}

function parseSegment(cursor: PathCursor, nesting: number): PathSegment | undefined {
  if (cursor.accept('..')) {
    const selectors = cursor.sees('[') ? parseBracket(cursor, nesting) : [parseShorthand(cursor)];
    return { descendant: true, selectors };
  }
  if (cursor.accept('.')) return { descendant: false, selectors: [parseShorthand(cursor)] };
  if (cursor.sees('[')) return { descendant: false, selectors: parseBracket(cursor, nesting) };
  return undefined;
}

function parseShorthand(cursor: PathCursor): PathSelector {
  if (cursor.accept('*')) return { kind: 'wildcard' };
  const name = cursor.shorthandName();
  return name === undefined ? cursor.fail('Expected a name or "*"') : { kind: 'name', name };
}

function parseBracket(cursor: PathCursor, nesting: number): PathSelector[] {
  const selectors: PathSelector[] = [];
  cursor.expect('[');
  do {
    cursor.skipBlanks();
    selectors.push(parseSelector(cursor, nesting));
    cursor.skipBlanks();
  } while (cursor.accept(','));
  cursor.expect(']');
  return selectors;
}

function parseSelector(cursor: PathCursor, nesting: number): PathSelector {
  if (cursor.accept('*')) return { kind: 'wildcard' };
  if (cursor.accept('?')) return { kind: 'filter', condition: parseFilter(cursor, nesting) };
  const name = cursor.string();
  return name === undefined ? parseIndexOrSlice(cursor) : { kind: 'name', name };
}

function parseFilter(cursor: PathCursor, nesting: number) {
  if (nesting >= MAX_NESTING) cursor.fail('Filters are nested too deep');
  const context: FilterContext = {
    cursor,
    depth: 0,
    maxDepth: MAX_NESTING,
    parseQuery: () => parseSegments(cursor, nesting + 1),
  };
  cursor.skipBlanks();
  return parseCondition(context);
}

function parseIndexOrSlice(cursor: PathCursor): PathSelector {
  const start = cursor.integer();
  const behind = cursor.position;
  cursor.skipBlanks();
  if (!cursor.accept(':')) {
    cursor.rewind(behind);
    return start === undefined ? cursor.fail('Expected a selector') : { kind: 'index', index: start };
  }
  cursor.skipBlanks();
  const end = cursor.integer();
  cursor.skipBlanks();
  let step: number | undefined;
  if (cursor.accept(':')) {
    cursor.skipBlanks();
    step = cursor.integer();
  }
  return { kind: 'slice', start, end, step: step ?? 1 };
}
