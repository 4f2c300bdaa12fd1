import { type messages, type PGlite, protocol } from '@electric-sql/pglite';
import { parameterText } from './parameter-text.ts';
import { StatementNames } from './statement-names.ts';

/** What a statement answered, as PostgreSQL's text values. */
export interface EmbeddedResult {
  readonly fields: readonly { readonly name: string; readonly typeId: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows returned or changed. */
  readonly count: number;
}

const { serialize } = protocol;

/**
 * Statements on PGlite in PostgreSQL's own protocol. `PGlite.query` parses and plans a statement each time and enters WebAssembly five times for it; this
 * enters once, and prepares what comes often, as the driver of PostgreSQL does.
 */
export class EmbeddedStatements {
  readonly #database: PGlite;
  readonly #names = new StatementNames();
  readonly #prepared = new Set<string>();

  constructor(database: PGlite) {
    this.#database = database;
  }

  /** Runs one statement. Throws the database's error with its SQLSTATE in `code`. */
  async run(text: string, values: readonly unknown[]): Promise<EmbeddedResult> {
    const name = this.#names.nameFor(text) ?? '';
    const parse = this.#prepared.has(name) ? [] : [serialize.parse({ name, text })];
    const request = [
      ...parse,
      serialize.bind({ statement: name, values: values.map(parameterText) }),
      serialize.describe({ type: 'P' }),
      serialize.execute(),
      serialize.sync(),
    ];
    const { messages: answers } = await this.#database.execProtocol(Buffer.concat(request));
    if (name !== '') this.#prepared.add(name);
    return resultOf(answers);
  }
}

function resultOf(answers: readonly messages.BackendMessage[]): EmbeddedResult {
  const fields: { name: string; typeId: number }[] = [];
  const rows: (string | null)[][] = [];
  let changed = 0;
  for (const answer of answers) {
    if (isRowDescription(answer))
      for (const { name, dataTypeID } of answer.fields) fields.push({ name, typeId: dataTypeID });
    else if (isDataRow(answer)) rows.push(answer.fields);
    else if (isCommandComplete(answer)) changed = Number(/\d+$/.exec(answer.text)?.[0] ?? 0);
  }
  return { fields, rows, count: rows.length || changed };
}

function isRowDescription(message: messages.BackendMessage): message is messages.RowDescriptionMessage {
  return message.name === 'rowDescription';
}

function isDataRow(message: messages.BackendMessage): message is messages.DataRowMessage {
  return message.name === 'dataRow';
}

function isCommandComplete(message: messages.BackendMessage): message is messages.CommandCompleteMessage {
  return message.name === 'commandComplete';
}
