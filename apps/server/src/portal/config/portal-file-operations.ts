import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { changeSource, toWire } from '../../entities/index.ts';
import { holderOf } from '../../files/index.ts';
import { type Call, reply } from '../../http/call.ts';
import { invalid, notFound, type Problem, Refusal } from '../../refusal.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { actorOf, noteWrite } from './note-write.ts';
import { PortalRights } from './portal-grants.ts';
import { lockPortal, whereId, writePortal } from './portal-store.ts';
import type { PortalQuestion } from './portals.ts';

/** Kinds of files that are images of the portal itself (contract `images`). */
const IMAGE_KINDS: ReadonlySet<string> = new Set(['orderLeftTeaser', 'orderRightTeaser', 'welcomeBanner']);

/** One file of a request, with its upload. */
interface PortalFile {
  readonly kind: string;
  readonly s3ref: { readonly bucket: string; readonly key: string };
  readonly filename: string | undefined;
  readonly tags: readonly string[] | undefined;
}

/** Images and other public files of a portal (portal §3.8). */
export function portalFileOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  const { identity, portals, clock, files } = platform;

  const save = async (call: Call<unknown>, question: PortalQuestion) => {
    const rights = await PortalRights.of(identity.access, call.principal);
    if (question.origin) rights.require(question.origin, 'edit');
    else rights.requireAny('edit');
    const { portalId, origin } = await portals.of(call, question);
    rights.require(origin, 'edit');
    const wanted = readFiles(asObject(call.body)['files']);
    await checkUploads(call, wanted);
    const createdFiles = await call.tenant.transaction(async (tx) => {
      const portal = await lockPortal(tx, whereId(portalId));
      if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
      const created: JsonObject[] = [];
      const images: JsonObject = {};
      for (const { kind, s3ref, filename, tags } of wanted) {
        const attributes = {
          access_control: 'public-read',
          file_type: kind,
          ...(filename === undefined ? {} : { filename }),
          ...(tags === undefined ? {} : { _tags: tags }),
        };
        const file = toWire(
          await files.save(tx, { s3refs: [s3ref], attributes, relations: [] }, holderOf(call.principal), {
            source: changeSource(call.principal),
          }),
        );
        created.push(file);
        if (IMAGE_KINDS.has(kind)) images[kind] = file['public_url'];
      }
      if (Object.keys(images).length > 0) {
        const saved = { ...portal.saved, images: { ...asObject(portal.saved['images']), ...images } };
        await writePortal(tx, { ...portal, saved }, actorOf(call.principal), clock.now());
      }
      await noteWrite(tx, call, clock.now(), 'portal.files', portalId);
      return created;
    });
    return reply(201, { createdFiles });
  };

  /** Every upload is there, is used once, and an image of the portal is one by its bytes, whatever it is called. Refusals name the item. */
  const checkUploads = async (call: Call<unknown>, wanted: readonly PortalFile[]) => {
    const problems: Problem[] = [];
    const seen = new Set<string>();
    for (const [at, { kind, s3ref }] of wanted.entries()) {
      const path = `body.files[${at}].s3ref`;
      const { content } = await files
        .arrivedUpload(call.tenant, s3ref, holderOf(call.principal))
        .catch((error: unknown) => {
          throw error instanceof Refusal ? located(error, path) : error;
        });
      if (seen.has(s3ref.key)) problems.push({ path, message: 'occurs twice' });
      seen.add(s3ref.key);
      if (!IMAGE_KINDS.has(kind) || content.sniffedType?.startsWith('image/')) continue;
      problems.push({ path, message: `is no image, which ${kind} must be` });
    }
    if (problems.length > 0) throw invalid(problems);
  };

  return {
    savePortalFiles: (call) => save(call, { origin: call.body.origin }),
    savePortalFilesV3: (call) => save(call, { portal_id: call.parameters.portal_id }),
  };
}

/** The same refusal, with the item it is about. */
function located({ status, code, message }: Refusal, path: string): Refusal {
  return new Refusal(status, code, `${path}: ${message}`, { errors: [{ path, message }] });
}

function readFiles(value: unknown): PortalFile[] {
  const items = Array.isArray(value) ? value.map(asObject) : [];
  return items.map((item, at) => {
    const { bucket, key } = asObject(item['s3ref']);
    if (typeof bucket !== 'string' || typeof key !== 'string') {
      throw invalid({ path: `body.files[${at}].s3ref`, message: 'is required' });
    }
    const { filename, _tags: tags } = item;
    return {
      kind: String(item['file_type']),
      s3ref: { bucket, key },
      filename: typeof filename === 'string' ? filename : undefined,
      tags: tags === undefined ? undefined : [tags].flat().map(String),
    };
  });
}
