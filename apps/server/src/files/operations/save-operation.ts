import type { Handler } from '../../contract/operation-types.ts';
import {
  changeSource,
  type Document,
  findEntities,
  isDocument,
  type WriteOptions,
} from '../../entities/index.ts';
import { invalid } from '../../refusal.ts';
import type { Tenant } from '../../storage/index.ts';
import { holderOf } from '../holder.ts';
import type { FileRelation } from '../save-file.ts';
import { isTemporary, type S3Ref } from '../store/file-object.ts';
import { fetchSource, nameOfUrl } from './fetch-source.ts';
import { FileRights } from './file-rights.ts';
import type { FileOperationsPlatform } from './platform.ts';

/** Saves an upload, a file outside, or the bytes of a URL as a file (contract operation `saveFileV2`). */
export function saveOperation(platform: FileOperationsPlatform): Handler<'file', 'saveFileV2'> {
  return async (call) => {
    const { parameters, principal, tenant } = call;
    const rights = await FileRights.of(platform, call);
    const isBatch = Array.isArray(call.body);
    if (isBatch && parameters.version_only !== true) {
      throw invalid({ path: 'query.version_only', message: 'must be true for several versions' });
    }
    const sent: unknown[] = Array.isArray(call.body) ? call.body : [call.body];
    const payloads = sent.filter(isDocument);
    const [first = {}] = payloads;
    const id = targetOf(payloads);
    if (id === undefined) rights.requireCreate();
    else await rights.require(tenant, 'entity:edit', id);
    const relations = relationsOf(first);
    rights.requireRelate(
      await findEntities(
        tenant,
        relations.map(({ entityId }) => entityId),
      ),
    );
    refuseUnusableUrl(first);

    const holder = holderOf(principal);
    const source = sourceOf(first);
    const s3refs: S3Ref[] = payloads.flatMap((payload) => s3refOf(payload) ?? []);
    if (source !== undefined && s3refs.length === 0) {
      const filename = typeof first['filename'] === 'string' ? first['filename'] : nameOfUrl(source);
      s3refs.push(await fetchSource(platform, tenant, { url: source, filename, holder }));
    }
    if (parameters.delete_temp_file === false) await keepUploads(platform, tenant, s3refs, holder);
    const options: WriteOptions = {
      source: changeSource(principal),
      ...(parameters.activity_id ? { activityId: parameters.activity_id } : {}),
      fillActivity: parameters.fill_activity === true,
    };
    const wish = { id, s3refs, attributes: first, relations, versionOnly: parameters.version_only === true };
    const file = await tenant.transaction((tx) => platform.files.save(tx, wish, holder, options));
    return rights.show(file, parameters.strict === true);
  };
}

/** Puts copies in the place of uploads that are to stay usable (`delete_temp_file=false`); saved versions are left alone. */
async function keepUploads(
  { files }: FileOperationsPlatform,
  tenant: Tenant,
  s3refs: S3Ref[],
  holder: string,
): Promise<void> {
  for (const [index, s3ref] of s3refs.entries()) {
    if (isTemporary(s3ref)) s3refs[index] = await files.copyUpload(tenant, s3ref, holder);
  }
}

/** The file that all payloads mean; undefined for a new one. An empty id is none. */
function targetOf(payloads: readonly Document[]): string | undefined {
  const ids = new Set(payloads.map((payload) => payload['_id'] || payload['file_entity_id'] || undefined));
  if (ids.size > 1) throw invalid({ path: 'body', message: 'must be versions of one file' });
  const [id] = ids;
  if (payloads.length > 1 && id === undefined) throw invalid({ path: 'body[0]._id', message: 'is required' });
  return id === undefined ? undefined : String(id);
}

function relationsOf({ relations }: Document): FileRelation[] {
  if (!Array.isArray(relations)) return [];
  return relations.filter(isDocument).map((relation) => ({
    entityId: String(relation['entity_id']),
    schema: typeof relation['_schema'] === 'string' ? relation['_schema'] : undefined,
    tags: Array.isArray(relation['_tags']) ? relation['_tags'].map(String) : undefined,
  }));
}

function s3refOf({ s3ref }: Document): S3Ref | undefined {
  return isDocument(s3ref) ? { bucket: String(s3ref['bucket']), key: String(s3ref['key']) } : undefined;
}

function sourceOf({ source_url: url }: Document): string | undefined {
  return typeof url === 'string' && url !== '' ? url : undefined;
}

/** Addresses outside are followed by browsers, so they are web addresses. */
function refuseUnusableUrl(payload: Document): void {
  for (const name of ['custom_download_url', 'source_url']) {
    const url = payload[name];
    if (typeof url !== 'string' || url === '') continue;
    const isWeb = URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);
    if (!isWeb) throw invalid({ path: `body.${name}`, message: 'must be an http or https address' });
  }
}
