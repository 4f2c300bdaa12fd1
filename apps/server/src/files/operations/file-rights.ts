import {
  type Document,
  type Entity,
  type EntityRights,
  findEntity,
  type OrganisationSchemas,
  schemasOf,
  toWire,
  visibleDocument,
} from '../../entities/index.ts';
import type { Call } from '../../http/call.ts';
import { forbidden, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { FileOperationsPlatform } from './platform.ts';

/** What staff and access tokens may do with files. Portal users come through the Portal API. */
export class FileRights {
  readonly #rights: EntityRights;
  readonly #schemas: OrganisationSchemas;

  private constructor(rights: EntityRights, schemas: OrganisationSchemas) {
    this.#rights = rights;
    this.#schemas = schemas;
  }

  /** Throws 403 for callers who are neither staff nor an access token. */
  static async of(
    { access }: FileOperationsPlatform,
    { principal, tenant }: Pick<Call, 'principal' | 'tenant'>,
  ) {
    if (principal.kind !== 'user' && principal.kind !== 'api_client' && principal.kind !== 'app')
      throw forbidden();
    return new FileRights(await access.rightsOf(principal), await schemasOf(tenant));
  }

  /** Throws 403 when the caller may not create files. */
  requireCreate(): void {
    if (!this.#rights.allows('entity:create', 'file:*')) throw forbidden('Not permitted: entity:create');
  }

  /** A file; throws 404 when there is none, 403 when the caller may not do this to it. */
  async require(
    queries: TenantQueries,
    action: 'entity:view' | 'entity:edit' | 'entity:delete',
    id: string,
    options: { readonly includeDeleted?: boolean } = {},
  ): Promise<Entity> {
    const file = await findEntity(queries, id, 'file', options);
    if (!file) throw notFound('The file', 'ENTITY_NOT_FOUND');
    this.#requireOn(action, file);
    return file;
  }

  /** Throws 403 when the caller may not relate files to one of these entities; unknown ones are refused by the write itself. */
  requireRelate(entities: readonly Entity[]): void {
    for (const entity of entities) this.#requireOn('entity:edit', entity);
  }

  /** A file's JSON as the caller may see it; `strict` moves members that the schema does not have into `__additional`. */
  show(file: Entity, strict = false): Document {
    const schema = this.#schemas.find('file');
    const seen = visibleDocument(this.#rights, schema, file);
    // What the contract promises of every file, also of one that was made without this API.
    const whole: Document = {
      filename: file.title,
      type: 'unknown',
      access_control: 'private',
      versions: [],
      ...seen,
    };
    if (!strict) return whole;
    const isKnown = (name: string) => name.startsWith('_') || schema?.attribute(name) !== undefined;
    const members = Object.entries(whole);
    const additional = members.filter(([name]) => !isKnown(name));
    return {
      ...Object.fromEntries(members.filter(([name]) => isKnown(name))),
      __additional: Object.fromEntries(additional),
    };
  }

  #requireOn(action: string, entity: Entity): void {
    if (this.#rights.allows(action, `${entity.schema}:${entity.id}`, toWire(entity))) return;
    throw forbidden(`Not permitted: ${action}`);
  }
}
