import type { Operations } from '../../../contract/operation-types.ts';
import { holderOf } from '../../../files/index.ts';
import { forbidden } from '../../../refusal.ts';
import { announceFileChange } from '../files/file-activity.ts';
import { uploadMarks } from '../files/upload-marks.ts';
import type { ServicePlatform } from '../service-platform.ts';
import { meterOfUser } from './meter-of-user.ts';
import { readPhoto } from './read-photo.ts';
import { recognised } from './recognised-reading.ts';

/** Photos of meters (spec/portal.md §8.3). */
export function photoOperations({
  accessOf,
  clock,
  files,
  recognition,
}: ServicePlatform): Operations<'customer-portal'> {
  return {
    async uploadMeterReadingPhoto(call) {
      const access = await accessOf(call);
      const { tenant } = call;
      const { filename, mime_type, contents, meter_id: meterId } = call.body;
      const meter = await meterOfUser(access, meterId);
      if (!access.allows('meter_reading:create', '*')) throw forbidden('Not permitted: meter_reading:create');
      const photo = readPhoto(mime_type, contents);
      const holder = holderOf(call.principal);
      const s3ref = await files.upload(tenant, { filename, mimeType: photo.mimeType }, holder, photo.bytes);
      const file = await tenant.transaction(async (tx) => {
        const options = await announceFileChange(tx, access, 'DocUploadedFromPortal', meter, clock.now());
        const attributes = {
          ...uploadMarks(access.user),
          filename,
          type: 'image',
          mime_type: photo.mimeType,
        };
        const relations = [{ entityId: meter.id, schema: 'meter' }];
        return files.save(tx, { s3refs: [s3ref], attributes, relations }, holder, options);
      });
      const seen = await recognised(recognition, photo, call.log);
      return { data: { filename, s3ref: file.doc['s3ref'], file_id: file.id, ...seen } };
    },
  };
}
