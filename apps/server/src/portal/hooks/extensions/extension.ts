import { asObject, type JsonObject } from '../../../contract/json-object.ts';

/** Every hook type of the contract (portal §9.4). */
export const HOOK_TYPES = [
  'registrationIdentifiersCheck',
  'contractIdentification',
  'meterReadingPlausibilityCheck',
  'priceDataRetrieval',
  'consumptionDataRetrieval',
  'costDataRetrieval',
  'visualizationMetadata',
  'dataExport',
  'changeEmail',
  'changePassword',
  'deleteAccount',
] as const;

export type HookType = (typeof HOOK_TYPES)[number];

/** Something an app offers to portals; `definition` is the contract's `Extension`, with templates in it. */
export interface Extension {
  readonly id: string;
  readonly appId: string;
  readonly definition: JsonObject;
}

/** One hook of an extension. */
export interface Hook {
  readonly extension: Extension;
  readonly id: string;
  readonly definition: JsonObject;
}

/** The hooks of one type that an extension has, in its order. */
export function hooksOf(extension: Extension, type: HookType): Hook[] {
  return objectsOf(extension.definition['hooks'])
    .filter((hook) => hook['type'] === type)
    .map((definition) => ({ extension, id: String(definition['id']), definition }));
}

/** The objects in a list; empty when it is none. */
export function objectsOf(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.map(asObject) : [];
}
