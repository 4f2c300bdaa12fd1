import type { Entity } from '../../../entities/index.ts';
import { type Files, mimeTypeOf } from '../../../files/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { downloadTracks, type FileLinks, linkTo } from './file-item.ts';

/** Media types that browsers show by themselves (contract operation `getFilePreview`); nothing converts Office documents here. */
const SHOWN: Readonly<Record<string, 'pdf' | 'image'>> = {
  'application/pdf': 'pdf',
  ...{ 'image/png': 'image', 'image/jpeg': 'image', 'image/gif': 'image', 'image/webp': 'image' },
  'image/avif': 'image',
};

/**
 * How a portal shows a file without downloading it (contract schema `FilePreviewResult`): a link for 15 minutes that browsers show inline, and
 * one to download. A file that is fetched with the user's own token is shown only where it comes through this server: clients send the token
 * to the address they are given.
 */
export function filePreview(
  access: PortalAccess,
  links: FileLinks & Pick<Files, 'isOwnAddress'>,
  file: Entity,
) {
  const { mime_type: type, custom_download_url: external, custom_download_url_auth: auth } = file.doc;
  const needsToken = typeof external === 'string' && auth === 'token';
  const download = linkTo(access, links, file);
  const isShown = !needsToken || links.isOwnAddress(external);
  const known = typeof type === 'string' ? type.split(';', 1)[0] : mimeTypeOf(String(file.doc['filename']));
  const kind = isShown ? SHOWN[known ?? ''] : undefined;
  const shown =
    kind && links.downloadUrl(access.user.org, file, { attachment: false, track: downloadTracks(access) });
  return {
    ...(kind && shown ? { kind, url: shown } : { kind: 'unsupported' as const }),
    ...(kind && needsToken ? { requires_auth: true } : {}),
    ...(download === undefined ? {} : { download_url: download }),
  };
}
