import type { Granted } from '../../identity/index.ts';

/** What a caller may do, loaded once per request. The identity domain's rights are of this form. */
export interface EntityRights {
  allows(action: string, resource: string, entity?: Record<string, unknown>): boolean;
  /** Which entities of a schema an action is open on, before looking at them: everything in the list must hold. */
  granted(action: string, schema: string): readonly Granted[];
  visible(
    schema: string,
    entity: Record<string, unknown>,
    placeOf: (attribute: string) => { readonly name: string; readonly groups: readonly string[] },
  ): Record<string, unknown>;
  mayEdit(
    schema: string,
    attribute: { readonly name: string; readonly groups: readonly string[] },
    entity?: Record<string, unknown>,
  ): boolean;
}
