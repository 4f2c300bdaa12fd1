import { type Entity, findEntities, isDocument, readActivity, relatedIds } from '../../../entities/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';

/** The live files that an activity created, changed or related, in order; none for an unknown activity. */
export async function filesOfActivity(queries: TenantQueries, activityId: string): Promise<Entity[]> {
  const activity = await readActivity(queries, activityId);
  const operations: readonly unknown[] = Array.isArray(activity?.['operations'])
    ? activity['operations']
    : [];
  const ids = operations.flatMap((operation) => {
    const params = isDocument(operation) ? operation['params'] : undefined;
    return isDocument(params) && params['slug'] === 'file' && typeof params['id'] === 'string'
      ? [params['id']]
      : [];
  });
  return findEntities(queries, ids);
}

/** The entities that files are related to, in either direction. */
export async function parentsOfFiles(queries: TenantQueries, files: readonly Entity[]): Promise<Entity[]> {
  const related = await relatedIds(
    queries,
    files.map(({ id }) => id),
  );
  return findEntities(
    queries,
    related.filter(({ schema }) => schema !== 'file').map(({ id }) => id),
  );
}
