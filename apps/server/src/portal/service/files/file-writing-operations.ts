import type { Operations } from '../../../contract/operation-types.ts';
import { type Entity, findEntities, relatedIds } from '../../../entities/index.ts';
import { type ArrivedUpload, holderOf } from '../../../files/index.ts';
import { forbidden, invalid, notFound } from '../../../refusal.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { allowedExtensions, requireAllowedName, requireHonestName } from './allowed-upload.ts';
import { detachFile } from './detach-file.ts';
import { announceFileChange } from './file-activity.ts';
import { fileParent } from './file-parent.ts';
import { isOwnUpload, uploadMarks } from './upload-marks.ts';

const MOST_FILES = 20;

/** Adding files to entities and taking them away again (spec/portal.md §6.3). */
export function fileWritingOperations({
  accessOf,
  clock,
  entities,
  files,
}: ServicePlatform): Operations<'customer-portal'> {
  return {
    async saveEntityFile(call) {
      const access = await accessOf(call);
      const { entity_id: id, entity_type: schema, files: wanted } = call.body;
      const parent = await fileParent(access, schema, id);
      if (!access.allows('entity:create', 'file:*')) throw forbidden('Not permitted: entity:create');
      if (wanted.length < 1 || wanted.length > MOST_FILES) {
        throw invalid({ path: 'body.files', message: `must have 1 to ${MOST_FILES} entries` });
      }
      const keys = new Set(wanted.map(({ s3ref }) => s3ref.key));
      if (keys.size < wanted.length) throw invalid({ path: 'body.files', message: 'names an upload twice' });
      const allowed = allowedExtensions(access.portal);
      wanted.forEach(({ filename }, at) => {
        requireAllowedName(allowed, filename, `body.files[${at}]`);
      });
      const holder = holderOf(call.principal);
      for (const [at, { filename, s3ref }] of wanted.entries()) {
        const upload: ArrivedUpload = await files.arrivedUpload(call.tenant, s3ref, holder);
        requireHonestName(upload, filename, `body.files[${at}]`);
      }
      const saved = await call.tenant.transaction(async (tx) => {
        const options = await announceFileChange(tx, access, 'DocUploadedFromPortal', parent, clock.now());
        const created: Entity[] = [];
        for (const { filename, s3ref } of wanted) {
          const attributes = { ...uploadMarks(access.user), filename };
          const relations = [{ entityId: parent.id, schema: parent.schema }];
          created.push(await files.save(tx, { s3refs: [s3ref], attributes, relations }, holder, options));
        }
        return created;
      });
      return { createdFiles: saved.map((file) => access.shownAttributes(file)) };
    },

    async deleteEntityFile(call) {
      const access = await accessOf(call);
      const { entity_id: id, entity_type: schema, file_entity_ids: fileIds } = call.body;
      const parent = await fileParent(access, schema, id);
      const gone = await filesToDetach(access, call.tenant, parent, fileIds);
      await call.tenant.transaction(async (tx) => {
        const options = await announceFileChange(tx, access, 'DocRemovedFromPortal', parent, clock.now());
        for (const file of gone) await detachFile(tx, entities, file, parent, options);
      });
      return { deletedFiles: gone.map((file) => file.id) };
    },
  };
}

/** The files a request may take from an entity. Throws 404 when one is not there for the user, 403 when it is not theirs to remove. */
async function filesToDetach(
  access: PortalAccess,
  tenant: Tenant,
  parent: Entity,
  ids: readonly string[],
): Promise<Entity[]> {
  const related = new Set((await relatedIds(tenant, [parent.id], { schema: 'file' })).map((file) => file.id));
  const found = await access.filter(
    await findEntities(
      tenant,
      ids.filter((id) => related.has(id)),
    ),
  );
  if (found.length < ids.length) throw notFound('A file of this entity', 'ENTITY_NOT_FOUND');
  for (const file of found) {
    const isGranted = access.allows('entity:delete', `file:${file.id}`, file);
    if (!isGranted || !isOwnUpload(access.user, file)) throw forbidden('Not permitted: entity:delete');
  }
  return found;
}
