import { randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { type Call, reply } from '../../http/call.ts';
import { notFound } from '../../refusal.ts';
import { blocksOf, orderedBlocks, type Page } from './page.ts';
import { PageDesk } from './page-desk.ts';
import type { PagesPlatform } from './pages-platform.ts';
import { isBelow } from './visibility.ts';

/** The blocks of a page (portal §3.5 rule 9). */
export function blockOperations(platform: PagesPlatform): Operations<'customer-portal'> {
  const desk = new PageDesk(platform);

  const changeBlocks = (
    call: Call<unknown>,
    pageId: string,
    change: (blocks: Page['blocks']) => Page['blocks'],
  ) =>
    desk.changeAt(call, pageId, (pages, page) =>
      pages.map((one) => (one.id === pageId ? { ...one, blocks: change(page.blocks) } : one)),
    );

  const save = async (call: Call<unknown>, pageId: string, blockId: string, isNew: boolean) => {
    const block = { ...asObject(call.body), id: blockId };
    const saved = await changeBlocks(call, pageId, (blocks) => {
      if (!isNew) blockIn(blocks, blockId);
      return { ...blocks, [blockId]: block };
    });
    return blockIn(blocksOf(saved ?? {}), blockId);
  };

  return {
    async getPortalPageBlocks(call) {
      return orderedBlocks(await desk.read(call, String(call.parameters.id)));
    },

    async getPortalPageBlock(call) {
      const page = await desk.read(call, String(call.parameters.id));
      return blockIn(blocksOf(page), String(call.parameters.block_id));
    },

    async createPortalPageBlock(call) {
      return save(call, String(call.parameters.id), randomUUID(), true);
    },

    async updatePortalPageBlock(call) {
      return save(call, String(call.parameters.id), String(call.parameters.block_id), false);
    },

    async deletePortalPageBlock(call) {
      const blockId = String(call.parameters.block_id);
      await changeBlocks(call, String(call.parameters.id), (blocks) => {
        blockIn(blocks, blockId);
        const gone = new Set([blockId]);
        return Object.fromEntries(Object.entries(blocks).filter(([id]) => !isBelow(id, blocks, gone)));
      });
      return reply(204);
    },
  };
}

function blockIn(blocks: { readonly [id: string]: JsonObject }, id: string): JsonObject {
  const block = blocks[id];
  if (!block) throw notFound('The block', 'BLOCK_NOT_FOUND');
  return block;
}
