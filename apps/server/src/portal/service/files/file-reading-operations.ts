import type { Operations } from '../../../contract/operation-types.ts';
import { createActivity } from '../../../entities/index.ts';
import { invalid } from '../../../refusal.ts';
import { portalSource } from '../../entities/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { fileItems } from './file-item.ts';
import { filePreview } from './file-preview.ts';
import { countFilesByParent, findFiles } from './file-query.ts';
import { markSeen } from './seen-files.ts';

const MOST_PER_PAGE = 1_000;

/** The files a portal user sees (spec/portal.md §6.1, §6.3). */
export function fileReadingOperations({
  accessOf,
  clock,
  files,
}: ServicePlatform): Operations<'customer-portal'> {
  return {
    async getAllFiles(call) {
      const access = await accessOf(call);
      const { tenant } = call;
      const { entity_ids: ids, file_types: types } = call.parameters;
      const from = wholeNumber('from', call.parameters.from, Number.MAX_SAFE_INTEGER);
      const size = wholeNumber('size', call.parameters.size, MOST_PER_PAGE);
      const scope = await access.scopeOf(['file']);
      const parents = ids && (await access.loadMany(ids)).map(({ id }) => id);
      const { portalUserId } = access.user;
      const page = await findFiles(tenant, { portalUserId, scope, parents, types, from, size });
      return { results: await fileItems(access, tenant, page.files, files, page.seen), hits: page.total };
    },

    async getFileById(call) {
      const access = await accessOf(call);
      const file = await access.load('file', call.parameters.id);
      const [item] = await fileItems(access, call.tenant, [file], files);
      return { file: item };
    },

    async getFilePreview(call) {
      const access = await accessOf(call);
      const file = await access.load('file', call.parameters.id);
      const preview = filePreview(access, files, file);
      // Whoever is shown a file knows it, unless it is staff looking over the customer's shoulder.
      const isSeen = preview.kind !== 'unsupported' && !access.user.readOnly && !access.user.impersonator;
      if (isSeen) await markSeen(call.tenant, access.user.portalUserId, [file.id], clock.now());
      return preview;
    },

    async trackFileDownloaded(call) {
      const access = await accessOf(call);
      const { tenant } = call;
      const file = await access.load('file', call.parameters.id);
      const now = clock.now();
      const source = portalSource(access.user);
      await tenant.transaction(async (tx) => {
        await markSeen(tx, access.user.portalUserId, [file.id], now);
        await createActivity(
          tx,
          {
            type: 'DocDownloadedFromPortal',
            title: 'File downloaded',
            message: '{{caller}} downloaded {{entity payload.entity._id payload.entity._schema}}',
            payload: {
              caller: source.caller ?? {},
              entity: { _id: file.id, _schema: file.schema, _org: tenant.org },
              orgId: tenant.org,
            },
          },
          [file.id],
          source,
          now,
        );
      });
      const [item] = await fileItems(access, tenant, [file], files);
      return { file: item };
    },

    async getFilesCountByEntity(call) {
      const access = await accessOf(call);
      const scope = await access.scopeOf(['file']);
      const schemas = access.viewableSchemas().filter((slug) => slug !== 'file');
      const counts = await countFilesByParent(call.tenant, scope, access.reachable(schemas));
      const parents = await access.loadMany([...counts.keys()]);
      return parents.map(({ id, schema, title }) => ({
        ...{ entity_id: id, _schema: schema, _title: title },
        file_count: counts.get(id) ?? 0,
      }));
    },
  };
}

function wholeNumber(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw invalid({ path: `query.${name}`, message: `must be a whole number from 0 to ${most}` });
}
