import type { PortalPointer, Principal } from '../../identity/index.ts';
import { forbidden, invalid, notFound } from '../../refusal.ts';
import type { Database, Sql } from '../../storage/index.ts';
import { hostName } from './host-name.ts';
import type { Portal } from './portal.ts';
import {
  findPointer,
  readPortal,
  whereClaimedHost,
  whereHost,
  whereId,
  whereOrigin,
} from './portal-store.ts';

/** How a public request names a portal (portal §2.1): a domain, an organisation with an origin or a portal id, or a portal id alone. */
export interface PortalQuestion {
  readonly domain?: string | undefined;
  readonly org_id?: string | undefined;
  readonly origin?: string | undefined;
  readonly portal_id?: string | undefined;
}

/** Whoever asks; a `Call` is one. */
export interface Caller {
  readonly principal: Principal;
}

const MOST_KEPT = 200;

/**
 * Finds portals. Configurations are large and wanted by nearly every request, so they are kept in memory; one small statement per question
 * tells whether the copy is still the newest, and no answer is ever stale. Not for use inside a transaction.
 */
export class Portals {
  readonly #database: Database;
  readonly #kept = new Map<string, Portal>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** By portal id, which is unique in the installation. */
  async find(portalId: string): Promise<Portal | undefined> {
    return this.#where(whereId(portalId));
  }

  /** The portal a statement has just pointed to. */
  async at(pointer: PortalPointer): Promise<Portal | undefined> {
    const kept = this.#kept.get(pointer.portalId);
    const portal = kept?.revision === pointer.revision ? kept : await this.#load(pointer.portalId);
    return portal && (pointer.isOrganisationActive ? portal : { ...portal, enabled: false });
  }

  /** By a host name that leads to it now; schemes, ports and paths are ignored. */
  async findByDomain(domain: string): Promise<Portal | undefined> {
    const host = hostName(domain);
    return host === undefined ? undefined : this.#where(whereHost(host));
  }

  /** The oldest portal of an origin in an organisation. */
  async findByOrigin(org: string, origin: string): Promise<Portal | undefined> {
    return this.#where(whereOrigin(org, origin));
  }

  /**
   * The portal a public request names. 400 when the parameters name none or disagree, 404 when there is no such portal. `domain` together
   * with ids must lead to the same portal.
   */
  async ofPublic(question: PortalQuestion): Promise<Portal> {
    const { domain, org_id: org, origin, portal_id: portalId } = question;
    const byIds = portalId
      ? () => this.find(portalId)
      : org && origin
        ? () => this.findByOrigin(org, origin)
        : undefined;
    if (!domain && !byIds) {
      throw invalid({ path: 'query.domain', message: 'is required unless org_id and portal_id are given' });
    }
    const found = domain ? await this.findByDomain(domain) : undefined;
    const portal = byIds ? await byIds() : found;
    if (domain && byIds && found?.portalId !== portal?.portalId) {
      throw invalid({ path: 'query.domain', message: 'leads to another portal than the other parameters' });
    }
    if (!portal || (org && portal.org !== org)) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    return portal;
  }

  /**
   * The portal of a signed-in caller: a portal user's own, which parameters may only confirm (403 otherwise); for staff the one they name,
   * `portal_id` before `domain` before `origin`. For staff a domain counts even while it is switched off. 400 when staff name none, 404 when it
   * does not exist in their organisation.
   */
  async of(caller: Caller, question: Omit<PortalQuestion, 'org_id'> = {}): Promise<Portal> {
    const { principal } = caller;
    if (principal.kind === 'portal_user') return this.#ofUser(principal, question);
    const portal = await this.#ofStaff(principal.org ?? '', question);
    if (!portal || portal.org !== principal.org) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    return portal;
  }

  async #ofStaff(org: string, question: PortalQuestion): Promise<Portal | undefined> {
    const { portal_id: portalId, domain, origin } = question;
    if (portalId) return this.find(portalId);
    if (domain) {
      const host = hostName(domain);
      return host === undefined ? undefined : this.#where(whereClaimedHost(host));
    }
    if (!origin) throw invalid({ path: 'query.origin', message: 'is required' });
    return this.findByOrigin(org, origin);
  }

  async #ofUser(
    principal: Extract<Principal, { kind: 'portal_user' }>,
    question: PortalQuestion,
  ): Promise<Portal> {
    const { portal_id: portalId, origin } = question;
    if ((portalId && portalId !== principal.portalId) || (origin && origin !== principal.origin)) {
      throw forbidden('Not permitted: the parameters name another portal than the token');
    }
    // Authentication has read the revision for this request and found the organisation active.
    const revision = principal.versions?.portalRevision;
    const portal =
      revision === undefined
        ? await this.find(principal.portalId)
        : await this.at({ portalId: principal.portalId, revision, isOrganisationActive: true });
    if (!portal) throw notFound('The portal', 'PORTAL_NOT_FOUND');
    return portal;
  }

  async #where(condition: Sql): Promise<Portal | undefined> {
    // Portals are looked up before their organisation is known, so this runs in the installation's scope.
    const pointer = await findPointer(this.#database.system, condition);
    return pointer && this.at(pointer);
  }

  async #load(portalId: string): Promise<Portal | undefined> {
    const stored = await readPortal(this.#database.system, whereId(portalId));
    if (!stored) return undefined;
    const { saved: _saved, secrets: _secrets, ...portal } = stored;
    this.#kept.delete(portal.portalId);
    this.#kept.set(portal.portalId, portal);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    return portal;
  }
}
