import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { Operations } from '../../contract/operation-types.ts';
import { type Call, reply } from '../../http/call.ts';
import type { AccessOf } from '../access/index.ts';
import { rulesHold } from './attribute-rules.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { noteWrite } from './note-write.ts';
import type { Portal } from './portal.ts';
import { PortalRights } from './portal-grants.ts';
import type { PortalQuestion } from './portals.ts';
import { readWidgets, writeWidgets } from './widget-store.ts';

/** Types that show nothing of a customer (portal §3.6). */
const PUBLIC_TYPES: ReadonlySet<unknown> = new Set(['ACTION_WIDGET', 'CONTENT_WIDGET', 'TEASER_WIDGET']);

/** The widgets of the older home screen (portal §3.6), by origin and by portal id. */
export function widgetOperations(
  platform: ConfigPlatform,
  accessOf: AccessOf,
): Operations<'customer-portal'> {
  const { identity, portals } = platform;

  const read = async (call: Call<unknown>, question: PortalQuestion, contractId: string | undefined) => {
    const portal = await portalFor(call, question, 'view');
    const widgets = ordered(await readWidgets(call.tenant, portal.portalId));
    if (call.principal.kind !== 'portal_user') return { widgets };
    const context = await contextOf(await accessOf(call), contractId);
    return { widgets: widgets.map((widget) => withActionsThatHold(widget, context)) };
  };

  const write = async (call: Call<unknown>, question: PortalQuestion) => {
    const portal = await portalFor(call, question, 'edit');
    const widgets = listOf(asObject(call.body)['widgets']);
    await call.tenant.transaction(async (tx) => {
      await writeWidgets(tx, portal.portalId, widgets);
      await noteWrite(tx, call, platform.clock.now(), 'portal.widgets', portal.portalId);
    });
    return reply(201, { widgets });
  };

  const portalFor = async (call: Call<unknown>, question: PortalQuestion, action: 'view' | 'edit') => {
    if (call.principal.kind === 'portal_user') return portals.of(call, question);
    const rights = await PortalRights.of(identity.access, call.principal);
    if (question.origin) rights.require(question.origin, action);
    else rights.requireAny(action);
    const portal = await portals.of(call, question);
    rights.require(portal.origin, action);
    return portal;
  };

  const readPublic = async (portal: Portal) => {
    if (!portal.enabled) return { widgets: [] };
    const widgets = ordered(await readWidgets(platform.database.tenant(portal.org), portal.portalId));
    const open = widgets.filter((widget) => PUBLIC_TYPES.has(widget['type']));
    return { widgets: open.map((widget) => withActionsThatHold(widget, new Map())) };
  };

  return {
    async getPortalWidgets(call) {
      const { origin, contract_id } = call.parameters;
      return read(call, { origin }, contract_id);
    },
    async getPortalWidgetsV3(call) {
      const { portal_id, contract_id } = call.parameters;
      return read(call, { portal_id }, contract_id);
    },
    upsertPortalWidget: (call) => write(call, { origin: call.parameters.origin }),
    upsertPortalWidgetV3: (call) => write(call, { portal_id: call.parameters.portal_id }),
    async getPublicPortalWidgets(call) {
      return readPublic(await portals.ofPublic(call.parameters));
    },
    async getPublicPortalWidgetsV3(call) {
      return readPublic(await portals.ofPublic(call.parameters));
    },
  };
}

/** The entities that rules may look at, by schema, as the user sees them: their contact, themselves, and the contract they look at. */
async function contextOf(
  access: Awaited<ReturnType<AccessOf>>,
  contractId: string | undefined,
): Promise<ReadonlyMap<string, JsonObject>> {
  const wanted = [access.user.contactId, access.user.portalUserId].filter((id) => id !== undefined);
  const entities = await access.loadMany(wanted);
  if (contractId !== undefined) entities.push(await access.load('contract', contractId));
  return new Map(entities.map((entity) => [entity.schema, access.shownAttributes(entity)]));
}

/** A widget without the actions whose rules do not hold. */
function withActionsThatHold(widget: JsonObject, context: ReadonlyMap<string, JsonObject>): JsonObject {
  if (!Array.isArray(widget['actions'])) return widget;
  const actions = widget['actions'].filter((action: unknown) =>
    rulesHold(asObject(action)['rules'], context),
  );
  return { ...widget, actions };
}

function ordered(widgets: readonly JsonObject[]): JsonObject[] {
  return [...widgets].sort((one, other) => Number(one['listIndex']) - Number(other['listIndex']));
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
