/** What a caller may do, loaded once per request. The identity domain's rights are of this form. */
export interface EntityRights {
  allows(action: string, resource: string, entity?: Record<string, unknown>): boolean;
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
