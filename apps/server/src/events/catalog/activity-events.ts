import type { PUBLISHED_ACTIVITIES } from '../../entities/index.ts';
import type { CatalogEvent, EventField } from './catalog-event.ts';
import { EXAMPLE_CONTRACT, EXAMPLE_CUSTOMER } from './example-entities.ts';

type PublishedActivity = (typeof PUBLISHED_ACTIVITIES)[number];

const FIELDS: Readonly<Record<string, EventField>> = {
  entity: {
    schema: {
      type: 'object',
      description: 'The entity concerned as it is afterwards, pending values included',
    },
  },
  activity: {
    required: true,
    schema: {
      type: 'object',
      description: 'Id, type, texts and payload of the activity; the payload says who acted',
    },
  },
  changed_attributes: {
    schema: { type: 'object', description: 'What changed of the entity: added, updated, deleted' },
  },
};

const EXAMPLE = {
  entity: EXAMPLE_CONTRACT,
  activity: {
    _id: '01JNHAFEN00000000000000003',
    title: 'Entity updated',
    message: '{{caller}} updated {{entity payload.entity.id payload.entity.schema}}',
    timestamp: '2026-03-01T09:15:00.000Z',
    payload: {
      entity: { _id: EXAMPLE_CONTRACT._id, _schema: 'contract', _org: '739224' },
      orgId: '739224',
      caller: {
        portal_user_id: '5b1c2f0e-6a0e-4c83-9f0a-0d2f4a6b8c05',
        contact_entity_id: EXAMPLE_CUSTOMER._id,
        email: 'gesine.harms@example.org',
        portal_origin: 'END_CUSTOMER_PORTAL',
      },
    },
  },
  changed_attributes: { added: {}, updated: { billing_due_day: 15 }, deleted: {} },
};

/** Title and description by type. */
const WORDING: Readonly<Record<PublishedActivity, readonly [title: string, description: string]>> = {
  EntityUpdatedFromPortal: [
    'Changed in a portal',
    'A portal user changed an entity, proposed a change, decided on an offer or finished a workflow step',
  ],
  DocUploadedFromPortal: ['Files uploaded in a portal', 'A portal user added files to an entity'],
  DocRemovedFromPortal: ['Files removed in a portal', 'A portal user took files back'],
  DocDownloadedFromPortal: ['File downloaded in a portal', 'A portal user downloaded a file'],
  CreateMeterReading: ['Meter reading submitted in a portal', 'A portal user submitted a reading of a meter'],
  SelfAssignmentFromPortal: [
    'Contract added in a portal',
    'A portal user added a contract by its identifiers',
  ],
  PortalUserResetPassword: ['Password changed', 'A portal user changed their password while signed in'],
  PortalUserResetForgotPassword: ['Forgotten password reset', 'A portal user set a new password by mail'],
  ChangesetApplied: ['Proposed change applied', 'Staff applied a value that waited for approval'],
  ChangesetDismissed: ['Proposed change dismissed', 'Staff dismissed a value that waited for approval'],
};

/** Activities as events of the catalog: so webhooks and outbound use cases hear of them (spec/portal.md §11.1). */
export const ACTIVITY_EVENTS: readonly CatalogEvent[] = Object.entries(WORDING).map(
  ([name, [title, description]]) => ({
    name,
    title,
    description,
    version: '1.0',
    tags: ['builtin', 'activity', 'portal'],
    fields: FIELDS,
    example: { ...EXAMPLE, activity: { ...EXAMPLE.activity, type: name } },
  }),
);
