import { asObject } from '../../../contract/json-object.ts';
import { type ArrivedUpload, contradictsName, extensionOf } from '../../../files/index.ts';
import { invalid, type Refusal } from '../../../refusal.ts';
import type { AccessPortal } from '../../access/index.ts';

/** Extensions that customers may upload, of all groups of `allowed_file_extensions`; lower case, without dot. */
export function allowedExtensions(portal: AccessPortal): ReadonlySet<string> {
  const groups = Object.values(asObject(portal.config['allowed_file_extensions']));
  const extensions = groups.flatMap((group): unknown[] => (Array.isArray(group) ? group : []));
  return new Set(
    extensions.flatMap((extension) =>
      typeof extension === 'string' ? [extension.toLowerCase().replace(/^\./, '')] : [],
    ),
  );
}

/**
 * Holds the name of an upload against the portal's list. Throws 400 naming the file (spec/portal.md §6.3).
 * @param path where the file stands in the request
 */
export function requireAllowedName(allowed: ReadonlySet<string>, filename: string, path: string): void {
  if (!allowed.has(extensionOf(filename)))
    throw refusedFile(path, `${filename}: files of this kind are not accepted`);
}

/** Holds the first bytes of an upload against the name it is to have. Throws 400 naming the file. */
export function requireHonestName(upload: ArrivedUpload, filename: string, path: string): void {
  if (contradictsName(filename, upload.content.sniffedType)) {
    throw refusedFile(path, `${filename}: the content is not what the name says`);
  }
}

function refusedFile(path: string, message: string): Refusal {
  return invalid({ path, message }, 'FILE_NOT_ACCEPTED');
}
