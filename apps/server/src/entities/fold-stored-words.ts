import { type Database, json, sql, type TenantTransaction } from '../storage/index.ts';
import { FOLDED_PREFIX } from './folded-words.ts';
import type { Document } from './model/document.ts';
import { schemasOf } from './schemas/schema-catalogue.ts';
import { entityWords, wordsVector } from './words.ts';

const BATCH = 200;

interface StoredEntity {
  id: string;
  schema: string;
  title: string;
  doc: Document;
}

/**
 * Gives entities of earlier versions of the server the words without accents that portal searches ask for, where they have any: up to `batches`
 * times 200 entities, each batch in a transaction that also notes how far it has come. Answers whether there is nothing left to do.
 */
export async function foldStoredWords(database: Database, batches: number): Promise<boolean> {
  for (let batch = 0; batch < batches; batch += 1) {
    const next = await database.system.first<{ org_id: string }>(
      sql`select org_id from folded_words_backlog order by org_id limit 1`,
    );
    if (!next) return true;
    await database.tenant(next.org_id).transaction(foldBatch);
  }
  return false;
}

async function foldBatch(tx: TenantTransaction): Promise<void> {
  const backlog = await tx.first<{ done: string }>(
    sql`select done from folded_words_backlog where org_id = ${tx.org} for update`,
  );
  if (!backlog) return;
  // A writer of one of them stores its words himself; whoever comes second sees what the other has stored.
  const entities = await tx.query<StoredEntity>(sql`
    select id, schema, title, doc from entity where org_id = ${tx.org} and id > ${backlog.done}::uuid
     order by id limit ${BATCH} for no key update`);
  const last = entities.at(-1);
  if (!last) {
    await tx.run(sql`delete from folded_words_backlog where org_id = ${tx.org}`);
    return;
  }
  await storeWords(tx, entities);
  await tx.run(sql`update folded_words_backlog set done = ${last.id}::uuid where org_id = ${tx.org}`);
}

async function storeWords(tx: TenantTransaction, entities: readonly StoredEntity[]): Promise<void> {
  const schemas = await schemasOf(tx);
  const rows = entities.flatMap(({ id, schema: slug, title, doc }) => {
    const schema = schemas.find(slug);
    const words = schema ? entityWords(schema, title, doc) : [];
    return words.some((word) => word.startsWith(FOLDED_PREFIX)) ? [{ id, words: wordsVector(words) }] : [];
  });
  if (rows.length === 0) return;
  await tx.run(sql`
    update entity e set words = n.words::tsvector
      from jsonb_to_recordset(${json(rows)}::jsonb) as n(id uuid, words text)
     where e.org_id = ${tx.org} and e.id = n.id and e.words <> n.words::tsvector`);
}
