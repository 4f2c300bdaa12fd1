import type { Operations } from '../../contract/operation-types.ts';
import { changeSource, type WriteOptions } from '../../entities/index.ts';
import { reply } from '../../http/call.ts';
import { forbidden, invalid, notFound } from '../../refusal.ts';
import { holderOf } from '../holder.ts';
import { FileRights } from './file-rights.ts';
import type { FileOperationsPlatform } from './platform.ts';
import { saveOperation } from './save-operation.ts';

/** The operations of the File API that an operator needs (entities.md 12). */
export function fileOperations(platform: FileOperationsPlatform): Operations<'file'> {
  const { files, graph } = platform;
  return {
    saveFileV2: saveOperation(platform),

    /** Open to portal users and publishable tokens as well: what they upload, only they can save (portal.md 6.2). */
    async uploadFileV2(call) {
      const { principal, tenant, body, parameters } = call;
      if (principal.kind === 'anonymous') throw forbidden();
      if (parameters.file_entity_id) {
        const rights = await FileRights.of(platform, call);
        await rights.require(tenant, 'entity:edit', parameters.file_entity_id);
      }
      const wish = { filename: String(body?.filename), mimeType: body?.mime_type };
      const { s3ref, uploadUrl } = await files.issueUpload(tenant, wish, holderOf(principal));
      return reply(201, { s3ref, upload_url: uploadUrl });
    },

    async getFile(call) {
      const { parameters, tenant } = call;
      const rights = await FileRights.of(platform, call);
      const file = await rights.require(tenant, 'entity:view', parameters.id);
      const shown = rights.show(file, parameters.strict === true);
      const wantsSource = parameters.source_url === true && typeof shown['source_url'] !== 'string';
      const source = wantsSource ? files.downloadUrl(tenant.org, file) : undefined;
      return source === undefined ? shown : { ...shown, source_url: source };
    },

    async downloadFile(call) {
      const { parameters, tenant } = call;
      const rights = await FileRights.of(platform, call);
      const file = await rights.require(tenant, 'entity:view', parameters.id);
      const { version, attachment } = parameters;
      const url = files.downloadUrl(tenant.org, file, { version, attachment, track: parameters['x-track'] });
      if (url === undefined) throw notFound('The version of the file', 'FILE_VERSION_NOT_FOUND');
      return { download_url: url };
    },

    async previewFile(call) {
      const { parameters, tenant } = call;
      const rights = await FileRights.of(platform, call);
      const file = await rights.require(tenant, 'entity:view', parameters.id);
      const { version, w, h } = parameters;
      const sizes = [w, h].filter((size) => size !== undefined);
      if (!sizes.every((size) => Number.isInteger(size) && size >= 1))
        throw invalid({ path: 'query.w', message: 'must be a whole number from 1, like h' });
      const pixels = sizes.length === 0 ? undefined : Math.max(...sizes);
      const picture = await files.preview(tenant, file, { version, pixels });
      if (!picture) throw notFound('A preview of the file', 'PREVIEW_NOT_AVAILABLE');
      return reply(200, picture, {
        'content-type': 'image/jpeg',
        'cache-control': 'private, max-age=3600',
        'x-content-type-options': 'nosniff',
      });
    },

    async deleteFile(call) {
      const { parameters, principal, tenant } = call;
      const rights = await FileRights.of(platform, call);
      const options: WriteOptions = {
        source: changeSource(principal),
        ...(parameters.activity_id ? { activityId: parameters.activity_id } : {}),
      };
      const { id, purge } = parameters;
      return tenant.transaction(async (tx) => {
        const file = await rights.require(tx, 'entity:delete', id, { includeDeleted: purge === true });
        if (purge === true) await graph.purge(tx, { id, schema: 'file' }, options);
        const gone =
          purge === true ? file : (await graph.softDelete(tx, { id, schema: 'file' }, options)).entity;
        return rights.show(gone, parameters.strict === true);
      });
    },

    async verifyCustomDownloadUrl(call) {
      await FileRights.of(platform, call);
      return { valid: files.verifyDownloadUrl(call.tenant.org, call.body.custom_download_url) };
    },
  };
}
