import { expect, it } from 'vitest';
import { testDatabase, testOrganisation } from '../../../testing/test-database.ts';
import { contentTemplates } from './content-templates.ts';

const PAGE = {
  id: 'page',
  blocks: {
    list: {
      type: 'entity_list',
      props: {
        content: {
          title: 'Verträge',
          configs: [
            {
              id: 'power',
              content_top_name: '{{contract.contract_name}}',
              group_title: '{{contract.branch}}',
            },
          ],
        },
      },
    },
    head: {
      type: 'details',
      props: { content: { entity_title: '{{contract.contract_number}}', meter_main_name: 'M' } },
    },
    text: { type: 'text' },
  },
};
const PORTAL = {
  portalId: 'portal',
  origin: 'END_CUSTOMER_PORTAL',
  config: {
    config: JSON.stringify({
      global_search: [{ id: 'gs', main_content_name: '{{contact.last_name}}', group_title: 'G' }],
    }),
  },
};

async function templates(reference: unknown) {
  const queries = (await testDatabase()).tenant(testOrganisation());
  return contentTemplates(queries, { list: async () => [PAGE] }, PORTAL, reference);
}

it('takes templates from a block, an item of it, a whole page or the global search', async () => {
  expect(await templates({ page_id: 'page', block_id: 'head' })).toMatchObject({
    templates: { entity_title: '{{contract.contract_number}}', meter_main_name: 'M' },
  });
  expect(await templates({ page_id: 'page', block_id: 'list', config_id: 'power' })).toEqual({
    templates: { content_top_name: '{{contract.contract_name}}' },
    groupTitle: '{{contract.branch}}',
  });
  expect(await templates({ page_id: 'page' })).toMatchObject({
    templates: { head: { meter_main_name: 'M' } },
  });
  expect(await templates({ global_search_config_id: 'gs' })).toEqual({
    templates: { main_content_name: '{{contact.last_name}}' },
    groupTitle: 'G',
  });
  expect(await templates(undefined)).toBeUndefined();
});

it.each([
  [{ page_id: 'page', global_search_config_id: 'gs' }, 400],
  [{ block_id: 'head' }, 400],
  [{ page_id: 'page', config_id: 'power' }, 400],
  [{ page_id: 'other' }, 404],
  [{ page_id: 'page', block_id: 'other' }, 404],
  [{ page_id: 'page', block_id: 'list', config_id: 'other' }, 404],
  [{ global_search_config_id: 'other' }, 404],
])('refuses %j with %i', async (reference, status) => {
  await expect(templates(reference)).rejects.toMatchObject({ status });
});
