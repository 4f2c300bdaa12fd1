import { expect, it } from 'vitest';
import { demoCustomers, demoInstaller } from '../../apps/server/src/demo/demo-portals.ts';
import { refusalOf } from '../refusal-of.ts';
import { uploadBytes } from '../upload-bytes.ts';
import { demoUtility } from './demo-utility.ts';

/** The smallest picture there is: one white pixel. */
const PHOTO = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
    'base64',
  ),
);

it('an installer finds a project, adds its data and a photo, and finishes the step', async () => {
  const utility = demoUtility();
  const installer = await utility.signedIn('INSTALLER_PORTAL', demoInstaller());
  const { portal } = installer;
  const { data: filters } = await portal.getSearchableAttributesForOpportunities();
  const facts = filters.data?.find(({ _title }) => _title === 'Photovoltaik Lindenstraße 93');
  expect(facts).toMatchObject({
    customer: [{ _title: expect.stringMatching(/^Wiebke/) }],
    workflows: [{ name: 'Photovoltaikanlage' }],
  });
  const { data: found } = await portal.getSearchResultsForOpportunities(null, {
    addresses: ['Lindenstraße 93, 12345 Musterstadt'],
    ...{ customers: [], purposes: [], workflows: [] },
  });
  const id = String(found.data?.[0]?._id);
  expect(found.data?.map(({ _id }) => _id)).toEqual([facts?._id]);

  const data = { pv_module_count: 24, pv_peak_power: 9.6, pv_inverter: 'Musterrichter 10' };
  const { data: changed } = await portal.updateOpportunity({ id }, data);
  expect(changed.data).toMatchObject(data);
  const s3ref = await uploadBytes(installer, 'dach.png', 'image/png', PHOTO);
  const { data: saved } = await portal.saveEntityFile(null, {
    ...{ entity_id: id, entity_type: 'opportunity' },
    files: [{ filename: 'dach.png', access_control: 'private', s3ref }],
  });
  expect(saved.createdFiles).toHaveLength(1);

  const { data: shown } = await portal.getEntityWorkflows({ slug: 'opportunity', id });
  const [workflow] = workflowsOf(shown);
  const steps = workflow?.flow.flatMap((section) => section.steps) ?? [];
  expect(steps.map(({ name }) => name)).toEqual(['Anlagendaten und Foto eintragen', 'Anschlusstermin']);
  const finish = (step: number) =>
    portal.updateWorkflowStepAsDone({
      ...{ workflow_id: String(workflow?.id), step_id: String(steps[step]?.id) },
    });
  expect(await refusalOf(finish(1))).toMatchObject({ status: 400 });
  expect((await finish(0)).data).toMatchObject({ status: 'COMPLETED' });
  expect((await finish(0)).data).toMatchObject({ status: 'COMPLETED' });

  const isAbout = (told: { readonly [member: string]: unknown }) => told['objekt'] === id;
  const added = await utility.heardOnce(
    '/erp/vorgang',
    (told) =>
      isAbout(told) && told['ereignis'] === 'EntityUpdatedFromPortal' && told['schritt'] === undefined,
  );
  expect(added).toMatchObject({
    portal: 'INSTALLER_PORTAL',
    geaendert: expect.arrayContaining(Object.keys(data)),
  });
  await utility.heardOnce(
    '/erp/vorgang',
    (told) => isAbout(told) && told['ereignis'] === 'DocUploadedFromPortal',
  );
  await utility.heardOnce('/erp/vorgang', (told) => told['schritt'] === steps[0]?.id);
});

it('an installer reaches the projects they work on, and nothing of their customers', async () => {
  const utility = demoUtility();
  const { portal } = await utility.signedIn('INSTALLER_PORTAL', demoInstaller());
  const { data: projects } = await portal.getAllOpportunities();
  expect(projects.data).toHaveLength(2);
  expect((await portal.getAllOrders()).data.data).toEqual([]);
  expect(await refusalOf(portal.getAllContracts())).toMatchObject({ status: 403 });
  const [customer] = demoCustomers();
  if (!customer) throw new Error('The demo utility has no customer');
  const { portal: theirs } = await utility.signedIn('END_CUSTOMER_PORTAL', customer);
  const { data: mine } = await theirs.getAllOpportunities();
  const own = mine.data?.[0];
  expect(mine.data).toHaveLength(1);
  const forbidden = theirs.updateOpportunity({ id: String(own?._id) }, { pv_module_count: 1 });
  expect(await refusalOf(forbidden)).toMatchObject({ status: 403 });
  const { data: shown } = await theirs.getEntityWorkflows({ slug: 'opportunity', id: String(own?._id) });
  expect(JSON.stringify(shown)).not.toContain('Anlagendaten');
});

interface ShownWorkflow {
  readonly id: string;
  readonly flow: readonly { readonly steps: readonly { readonly id: string; readonly name: string }[] }[];
}

/** The contract leaves the executions of the answer open. */
function workflowsOf(answer: object): readonly ShownWorkflow[] {
  const list: unknown = Object.values(answer)[0];
  return Array.isArray(list) ? list : [];
}
