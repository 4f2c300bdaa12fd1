import { beforeAll, describe, expect, it } from 'vitest';
import { type PortalFixture, portalFixture } from './testing/portal-fixture.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');

let fixture: PortalFixture;
beforeAll(async () => {
  fixture = await portalFixture();
});

/** Uploads bytes as the administrator, as clients do; answers their reference. */
async function upload(filename: string, bytes: Buffer): Promise<unknown> {
  const issued = await fixture.ask('POST', '/v2/files/upload', { filename, mime_type: 'image/png' });
  const url = new URL(String(issued.body['upload_url']));
  const answer = await fixture.server.busbar.http.inject({
    method: 'PUT',
    url: `${url.pathname}${url.search}`,
    headers: { 'content-type': 'image/png' },
    payload: bytes,
  });
  expect(answer.statusCode).toBeLessThan(300);
  return issued.body['s3ref'];
}

const save = (portalId: unknown, files: unknown) =>
  fixture.ask('POST', `/v3/portal/portal/files?portal_id=${portalId}`, {
    origin: 'ADDITIONAL_PORTAL',
    files,
  });

describe('files of a portal', () => {
  it('become public, and images of the portal are shown by its configuration', async () => {
    const portal = await fixture.portal({ images: { orderLeftTeaser: 'https://example.org/left.png' } });
    const saved = await save(portal['portal_id'], [
      { file_type: 'welcomeBanner', s3ref: await upload('banner.png', PNG), _tags: ['summer'] },
      { file_type: 'terms', s3ref: await upload('terms.png', PNG), filename: 'AGB.png' },
    ]);
    expect([saved.status, saved.body['errors']]).toEqual([201, undefined]);
    const [banner, terms] = [saved.body['createdFiles']?.[0], saved.body['createdFiles']?.[1]];
    expect(banner).toMatchObject({ _schema: 'file', access_control: 'public-read', _tags: ['summer'] });
    expect(terms).toMatchObject({ filename: 'AGB.png' });
    const open = await fixture.askPublicly(`/v2/portal/public/config?domain=${portal['domain']}`);
    expect(open.body['images']).toEqual({
      orderLeftTeaser: 'https://example.org/left.png',
      welcomeBanner: banner?.['public_url'],
    });
    const image = await fixture.server.busbar.http.inject({
      url: new URL(String(banner?.['public_url'])).pathname,
    });
    expect([image.statusCode, image.rawPayload]).toEqual([200, PNG]);
  });

  it('are taken by origin as well', async () => {
    await fixture.portal({ origin: 'FILES_PORTAL' });
    const files = [{ file_type: 'orderRightTeaser', s3ref: await upload('right.png', PNG) }];
    const saved = await fixture.ask('POST', '/v2/portal/portal/files', { origin: 'FILES_PORTAL', files });
    expect(saved.status).toBe(201);
    const { body } = await fixture.ask('GET', '/v2/portal/config?origin=FILES_PORTAL');
    expect(body['images']?.['orderRightTeaser']).toEqual(saved.body['createdFiles']?.[0]?.['public_url']);
  });

  it('are refused without an upload of the caller, and as images unless they are some', async () => {
    const { portal_id: id } = await fixture.portal();
    const kind = { file_type: 'welcomeBanner' };
    expect((await save(id, [kind])).status).toBe(400);
    const unknown = {
      bucket: 'busbar',
      key: `${fixture.org}/temp/5da0a718-c822-403d-9f5d-20d4584e0528/x.png`,
    };
    const good = { file_type: 'terms', s3ref: await upload('terms.png', PNG) };
    expect(await save(id, [good, { ...kind, s3ref: unknown }])).toMatchObject({
      ...{ status: 404, body: { code: 'UPLOAD_NOT_FOUND', errors: [{ path: 'body.files[1].s3ref' }] } },
    });
    expect(await save(id, [good, good])).toMatchObject({
      ...{ status: 400, body: { errors: [{ path: 'body.files[1].s3ref', message: 'occurs twice' }] } },
    });
    // Nothing of a refused request was used up; what was saved is.
    expect((await save(id, [good])).status).toBe(201);
    expect((await save(id, [good])).status).toBe(404);
    const text = await save(id, [
      { ...kind, s3ref: await upload('text.png', Buffer.from('no image at all')) },
    ]);
    expect([text.status, text.body['errors']?.[0]?.['path']]).toEqual([400, 'body.files[0].s3ref']);
    const elsewhere = await portalFixture();
    const foreign = await elsewhere.ask(
      'POST',
      `/v3/portal/portal/files?portal_id=${(await elsewhere.portal())['portal_id']}`,
      {
        origin: 'X',
        files: [{ ...kind, s3ref: await upload('mine.png', PNG) }],
      },
    );
    expect(foreign.status).toBe(404);
  });

  it('are for those who may edit the portal', async () => {
    const portal = await fixture.portal();
    const viewer = await fixture.staff(['customer_portal:view']);
    const user = (await fixture.user(String(portal['portal_id']))).token;
    const stranger = (await portalFixture()).token;
    const ask = async (token: string | undefined) =>
      (
        await fixture.server.request('POST', `/v3/portal/portal/files?portal_id=${portal['portal_id']}`, {
          token,
          body: { origin: 'ADDITIONAL_PORTAL', files: [] },
        })
      ).status;
    expect([await ask(undefined), await ask(user), await ask(viewer), await ask(stranger)]).toEqual([
      401, 401, 403, 404,
    ]);
  });
});
