import { type Entity, isDocument, relationItems } from '../../entities/index.ts';

/** The registration states of portal §4.1. */
export const REGISTRATION = {
  pending: 'Registration Pending',
  confirmationSent: 'Confirmation Email Sent',
  registered: 'Registered',
  emailUpdate: 'Email Update In Progress',
} as const;

/** Members of a portal user that only the server writes; nobody changes them through the Portal API (portal §4.6). */
export const PROTECTED_ATTRIBUTES: ReadonlySet<string> = new Set([
  'email',
  'origin',
  'portal_id',
  'registration_status',
  'mapping_status',
  'mapped_contact',
  'represents',
  'access_status',
  'expires_at',
  'external_id',
  'first_login',
  'last_login',
  'source',
]);

/** The first address of a repeatable `email` attribute, lower case; of a portal user it is the sign-in address. */
export function firstAddress(entity: Pick<Entity, 'doc'>): string | undefined {
  return addressesOf(entity)[0];
}

/** All addresses of an entity, lower case. */
export function addressesOf({ doc }: Pick<Entity, 'doc'>): string[] {
  const { email } = doc;
  const items: unknown[] = Array.isArray(email) ? email : [email];
  return items.flatMap((item) => {
    const address = isDocument(item) ? item['email'] : item;
    return typeof address === 'string' && address.trim() !== '' ? [address.trim().toLowerCase()] : [];
  });
}

/** The ids a relation attribute names. */
export function relatedTo({ doc }: Pick<Entity, 'doc'>, attribute: string): string[] {
  return (relationItems(doc[attribute]) ?? []).map(({ entity_id }) => entity_id);
}

/** A relation attribute with these targets. */
export function relation(ids: readonly string[]): { $relation: { entity_id: string }[] } {
  return { $relation: [...new Set(ids)].map((entity_id) => ({ entity_id })) };
}

/** The text of an attribute, or undefined when it is empty or no text. */
export function textAttribute({ doc }: Pick<Entity, 'doc'>, attribute: string): string | undefined {
  const value = doc[attribute];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether an administrator or a partner took the access away. */
export function hasAccess({ doc }: Pick<Entity, 'doc'>): boolean {
  return doc['access_status'] !== false;
}

/** Registered, and neither disabled nor without a contact: somebody who can be reached through the portal. */
export function isActive(user: Entity): boolean {
  return (
    user.doc['registration_status'] === REGISTRATION.registered &&
    user.doc['mapping_status'] === 'Mapped' &&
    hasAccess(user)
  );
}

/** How a person is named in a mail. */
export function personName(contact: Entity | undefined): string {
  if (!contact) return '';
  const names = [textAttribute(contact, 'first_name'), textAttribute(contact, 'last_name')];
  return names
    .filter((name) => name !== undefined)
    .join(' ')
    .slice(0, 100);
}
