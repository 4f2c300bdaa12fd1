import { asObject, type JsonObject } from '../contract/json-object.ts';
import type { Operations } from '../contract/operation-types.ts';
import { notFound } from '../refusal.ts';
import {
  findDefinition,
  listDefinitions,
  removeDefinition,
  saveDefinition,
  type WorkflowDefinition,
} from './definition-store.ts';
import { flowOf, isSection, sectionSteps } from './execution.ts';
import { shortId } from './short-id.ts';
import type { WorkflowPlatform } from './workflow-platform.ts';

/** What staff start workflows from (contract `workflow-definition`, the linear form). Sections and steps without an id get one. */
export function definitionOperations({ clock, access }: WorkflowPlatform): Operations<'workflow-definition'> {
  return {
    async getDefinitions(call) {
      await access.requireGrant(call, 'workflow:definition:view');
      return (await listDefinitions(call.tenant)).map((definition) => toWire(definition));
    },

    async getDefinition(call) {
      await access.requireGrant(call, 'workflow:definition:view');
      return toWire(await existing(findDefinition(call.tenant, call.parameters.definitionId)));
    },

    async createDefinition(call) {
      await access.requireGrant(call, 'workflow:definition:create');
      const now = clock.now();
      const body = withIds(asObject(call.body));
      const definition = { id: shortId(), body, createdAt: now, updatedAt: now };
      await saveDefinition(call.tenant, definition);
      return toWire(definition);
    },

    async updateDefinition(call) {
      await access.requireGrant(call, 'workflow:definition:edit');
      const before = await existing(findDefinition(call.tenant, call.parameters.definitionId));
      const definition = { ...before, body: withIds(asObject(call.body)), updatedAt: clock.now() };
      await saveDefinition(call.tenant, definition);
      return toWire(definition);
    },

    async deleteDefinition(call) {
      await access.requireGrant(call, 'workflow:definition:delete');
      if (!(await removeDefinition(call.tenant, call.parameters.definitionId))) throw unknownDefinition();
    },
  };
}

async function existing(found: Promise<WorkflowDefinition | undefined>): Promise<WorkflowDefinition> {
  const definition = await found;
  if (!definition) throw unknownDefinition();
  return definition;
}

function unknownDefinition() {
  return notFound('The workflow definition', 'WORKFLOW_DEFINITION_NOT_FOUND');
}

function toWire({ id, body, createdAt, updatedAt }: WorkflowDefinition): JsonObject {
  return {
    ...body,
    id,
    creationTime: createdAt.toISOString(),
    lastUpdateTime: updatedAt.toISOString(),
  };
}

/** Requirements name steps and sections by these ids, so they must stay what they are. */
function withIds(body: JsonObject): JsonObject {
  const named = (item: JsonObject): JsonObject => ({ ...item, id: item['id'] ?? shortId() });
  const flow = flowOf(body).map((item) =>
    isSection(item) ? { ...named(item), steps: sectionSteps(item).map(named) } : named(item),
  );
  return { ...body, flow };
}
