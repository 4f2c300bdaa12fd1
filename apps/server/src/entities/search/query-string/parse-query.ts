import { DateMathError, resolveDateMath } from '../filter/date-math.ts';
import { isStorableText } from '../storable-text.ts';
import { ALL, anyOf, type PatternPiece, type RangeBound, type SearchTree } from '../tree.ts';
import { type Clause, combineClauses, type Operator } from './combine-clauses.ts';
import { QueryReader } from './query-reader.ts';
import { QuerySyntaxError } from './query-syntax-error.ts';

const LONGEST_QUERY = 10_000;
const DEEPEST_NESTING = 40;
const MOST_CLAUSES = 500;

export interface QueryOptions {
  /** What a blank between clauses means; `OR` as in Elasticsearch when it is missing. */
  readonly defaultOperator?: 'AND' | 'OR';
  /** Fields that terms without a field are looked up in; without them they search the free text of an entity. */
  readonly fields?: readonly string[];
  /** The instant (UTC) that `now` stands for in ranges; without it date math is text like any other. */
  readonly now?: Date;
  /** Whether `word~` is refused; otherwise it is read and means the word itself. */
  readonly refuseFuzzy?: boolean;
}

/**
 * Reads a query string, the Lucene subset of spec/entities.md §5.1, into a tree. A blank query is everything. Boosts are read and ignored.
 * Takes linear time; at most 10,000 characters, 500 clauses and 40 levels.
 * Throws QuerySyntaxError, and nothing else, for everything it cannot read, regular expressions included.
 */
export function parseQuery(query: string, options: QueryOptions = {}): SearchTree {
  if (query.length > LONGEST_QUERY)
    throw new QuerySyntaxError(`A query has at most ${LONGEST_QUERY} characters`, LONGEST_QUERY);
  if (!isStorableText(query))
    throw new QuerySyntaxError('The query contains characters that no text can hold', 0);
  if (query.trim() === '') return ALL;
  return new QueryParser(query, options).whole();
}

class QueryParser {
  readonly #reader: QueryReader;
  readonly #options: QueryOptions;
  #depth = 0;
  #clauses = 0;

  constructor(query: string, options: QueryOptions) {
    this.#reader = new QueryReader(query);
    this.#options = options;
  }

  whole(): SearchTree {
    const tree = this.#level(undefined);
    if (!this.#reader.isAtEnd) this.#reader.fail('")" without "("');
    return tree;
  }

  /** Clauses up to the closing parenthesis or the end. */
  #level(field: string | undefined): SearchTree {
    const reader = this.#reader;
    this.#depth += 1;
    if (this.#depth > DEEPEST_NESTING) reader.fail(`More than ${DEEPEST_NESTING} levels of parentheses`);
    const clauses: Clause[] = [];
    let written: Operator | undefined;
    for (;;) {
      reader.skipBlanks();
      if (reader.isAtEnd || reader.next === ')') break;
      const start = reader.at;
      const operator = this.#operator();
      if (operator) {
        if (written || clauses.length === 0) reader.fail('An operator without a clause before it', start);
        written = operator;
        continue;
      }
      clauses.push(this.#clause(field, clauses.length === 0 ? 'start' : (written ?? 'blank')));
      written = undefined;
    }
    if (written) reader.fail('An operator without a clause after it');
    if (clauses.length === 0) reader.fail('A clause is missing');
    this.#depth -= 1;
    return combineClauses(clauses, this.#options.defaultOperator ?? 'OR');
  }

  #operator(): 'and' | 'or' | undefined {
    if (this.#reader.takeWord('AND') || this.#reader.take('&&')) return 'and';
    if (this.#reader.takeWord('OR') || this.#reader.take('||')) return 'or';
    return undefined;
  }

  #clause(field: string | undefined, operator: Operator): Clause {
    const reader = this.#reader;
    this.#count(1);
    let negated = false;
    let negations = 0;
    while (reader.takeWord('NOT') || reader.take('!')) {
      negated = !negated;
      negations += 1;
      reader.skipBlanks();
    }
    const sign = reader.take('+') ? 'required' : reader.take('-') ? 'prohibited' : undefined;
    if (sign && negations > 0) reader.fail('NOT before + or - is ambiguous');
    reader.skipBlanks();
    const tree = this.#primary(field);
    return { tree, mark: sign ?? (negated ? 'negated' : 'plain'), operator };
  }

  #primary(field: string | undefined): SearchTree {
    const reader = this.#reader;
    if (isValueStart(reader.next)) return this.#value(field);
    const start = reader.at;
    const pieces = reader.term();
    if (!reader.take(':')) return this.#term(field, pieces);
    const name = this.#fieldName(pieces, start);
    reader.skipBlanks();
    if (reader.isAtEnd || reader.next === ')') reader.fail(`The value of ${name} is missing`);
    if (isValueStart(reader.next)) return this.#value(name);
    const value = reader.term();
    if (reader.next === ':') reader.fail('A colon inside a value must be quoted or escaped');
    return this.#term(name, value);
  }

  /** What begins with a reserved character: a group, a quotation, a range, a comparison. */
  #value(field: string | undefined): SearchTree {
    const reader = this.#reader;
    const start = reader.at;
    if (reader.take('(')) {
      const tree = this.#level(field);
      reader.expect(')');
      reader.boost();
      return tree;
    }
    if (reader.next === '"') {
      const text = reader.quoted();
      this.#modifiers();
      return this.#leaf(field, (name) => wordsOrExistence(name, text));
    }
    if (reader.next === '/') reader.fail('Regular expressions are not supported; quote or escape the slash');
    if (field === undefined && !this.#options.fields) reader.fail('A range needs a field', start);
    const range = reader.next === '[' || reader.next === '{' ? this.#brackets() : this.#comparison();
    const bounds = {
      ...(range.from ? { from: this.#resolved(range.from, !range.from.inclusive, start) } : {}),
      ...(range.to ? { to: this.#resolved(range.to, range.to.inclusive, start) } : {}),
    };
    reader.boost();
    return this.#leaf(field, (name) => ({ kind: 'range', field: name ?? '', ...bounds }));
  }

  /** A bound with its date math computed. */
  #resolved(bound: RangeBound, roundsUp: boolean, start: number): RangeBound {
    const { now } = this.#options;
    if (!now || typeof bound.value !== 'string') return bound;
    try {
      return { ...bound, value: resolveDateMath(bound.value, { now, roundsUp }) };
    } catch (error) {
      if (error instanceof DateMathError) this.#reader.fail(`A bound ${error.message}`, start);
      throw error;
    }
  }

  #brackets(): { from?: RangeBound; to?: RangeBound } {
    const reader = this.#reader;
    const fromInclusive = reader.take('[');
    if (!fromInclusive) reader.expect('{');
    const from = reader.rangeEnd();
    reader.skipBlanks();
    if (!reader.takeWord('TO')) reader.fail('"TO" expected in the range');
    const to = reader.rangeEnd();
    reader.skipBlanks();
    const toInclusive = reader.take(']');
    if (!toInclusive) reader.expect('}');
    return {
      ...(from === undefined ? {} : { from: { value: from, inclusive: fromInclusive } }),
      ...(to === undefined ? {} : { to: { value: to, inclusive: toInclusive } }),
    };
  }

  #comparison(): { from?: RangeBound; to?: RangeBound } {
    const reader = this.#reader;
    const side = reader.take('>') ? 'from' : 'to';
    if (side === 'to') reader.expect('<');
    const inclusive = reader.take('=');
    reader.skipBlanks();
    const value = reader.next === '"' ? reader.quoted() : literalOf(reader.term());
    if (value === undefined) return reader.fail('A comparison takes no wildcards');
    if (reader.next === ':') reader.fail('A colon inside a value must be quoted or escaped');
    return { [side]: { value, inclusive } };
  }

  #term(field: string | undefined, pieces: readonly PatternPiece[]): SearchTree {
    this.#modifiers();
    const text = literalOf(pieces);
    if (text !== undefined) return this.#leaf(field, (name) => wordsOrExistence(name, text));
    const anything = pieces.every((piece) => 'wildcard' in piece && piece.wildcard === 'many');
    if (anything && (field === undefined || field === '*')) return ALL;
    if (field === '_exists_') return this.#reader.fail('_exists_ takes the name of one field');
    return this.#leaf(field, (name) => {
      if (anything && name !== undefined) return { kind: 'exists', field: name };
      return { kind: 'pattern', ...(name === undefined ? {} : { field: name }), pieces };
    });
  }

  #modifiers(): void {
    const start = this.#reader.at;
    if (this.#reader.fuzziness() && this.#options.refuseFuzzy) {
      this.#reader.fail('Fuzzy search is not supported', start);
    }
    this.#reader.boost();
  }

  #leaf(field: string | undefined, build: (field: string | undefined) => SearchTree): SearchTree {
    const { fields } = this.#options;
    if (field !== undefined || !fields) return build(field);
    this.#count(fields.length);
    return anyOf(fields.map(build));
  }

  #count(clauses: number): void {
    this.#clauses += clauses;
    if (this.#clauses > MOST_CLAUSES) this.#reader.fail(`More than ${MOST_CLAUSES} clauses`);
  }

  #fieldName(pieces: readonly PatternPiece[], start: number): string {
    const name = literalOf(pieces);
    if (name !== undefined) return name;
    const [only] = pieces;
    if (pieces.length === 1 && only && 'wildcard' in only && only.wildcard === 'many') return '*';
    return this.#reader.fail('Wildcards in field names are not supported', start);
  }
}

function isValueStart(character: string): boolean {
  return character !== '' && '("[{</>'.includes(character);
}

/** The text of a term without wildcards. */
function literalOf(pieces: readonly PatternPiece[]): string | undefined {
  let text = '';
  for (const piece of pieces) {
    if ('wildcard' in piece) return undefined;
    text += piece.literal;
  }
  return text;
}

function wordsOrExistence(field: string | undefined, text: string): SearchTree {
  if (field === '_exists_') return { kind: 'exists', field: text };
  // `*:word` names every field, which is what a free word searches.
  return field === undefined || field === '*' ? { kind: 'words', text } : { kind: 'words', field, text };
}
