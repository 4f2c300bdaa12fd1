import type { Document, Entity } from '../../../entities/index.ts';
import type { Files } from '../../../files/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { PortalAccess } from '../../access/index.ts';
import { seenFiles } from './seen-files.ts';

/** Gives out links to files. */
export type FileLinks = Pick<Files, 'downloadUrl'>;

/**
 * Files as portal users see them (contract schema `FileItem`), in their order: with a fresh link, the parents the user reaches, and whether the
 * user knows the file already (`known`, where that has been read).
 */
export async function fileItems(
  access: PortalAccess,
  tenant: Tenant,
  files: readonly Entity[],
  links: FileLinks,
  known?: ReadonlySet<string>,
): Promise<Document[]> {
  const ids = files.map(({ id }) => id);
  const [seen, parents] = await Promise.all([
    known ?? seenFiles(tenant, access.user.portalUserId, ids),
    access.neighboursOf('file', ids),
  ]);
  return files.map((file) => {
    const { doc } = file;
    const link = linkTo(access, links, file);
    return {
      ...access.shownAttributes(file),
      ...picked(doc, ['filename', 'type', 'mime_type', 'custom_download_url_auth']),
      access_control: doc['access_control'] === 'public-read' ? 'public-read' : 'private',
      file_date: instantOf(doc['file_date']) ?? file.createdAt.toISOString(),
      ...(link === undefined ? {} : { public_url: link }),
      _relations: (parents.get(file.id) ?? []).map(({ id, schema, title }) => ({
        ...{ entity_id: id, _schema: schema, _title: title },
      })),
      is_new: !seen.has(file.id) && doc['uploaded_by_portal_user'] !== access.user.portalUserId,
    };
  });
}

/** A stable address for files that are public anyway, otherwise one that is signed for 15 minutes and tells who downloads. */
export function linkTo(access: PortalAccess, links: FileLinks, file: Entity): string | undefined {
  const { access_control: control, public_url: stable } = file.doc;
  if (control === 'public-read' && typeof stable === 'string') return stable;
  return links.downloadUrl(access.user.org, file, { track: downloadTracks(access) });
}

/** Who downloads, as links tell it (spec/portal.md §6.3). */
export function downloadTracks({ user, portal }: PortalAccess): Record<string, string> {
  return {
    'x-track-portal-id': portal.portalId,
    ...(user.contactId === undefined ? {} : { 'x-track-contact-id': user.contactId }),
  };
}

function picked(doc: Document, names: readonly string[]): Document {
  return Object.fromEntries(names.flatMap((name) => (doc[name] === undefined ? [] : [[name, doc[name]]])));
}

/** The contract wants an instant; a day is its beginning in UTC. */
function instantOf(value: unknown): string | undefined {
  const instant = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}
