import { asObject } from '../../../contract/json-object.ts';
import type { Document } from '../../../entities/index.ts';
import { invalid, type Problem, Refusal } from '../../../refusal.ts';
import type { Portal } from '../../config/index.ts';
import type { Identifiers } from '../user-hooks.ts';
import { configuredIdentifiers, requireIdentifiers } from './identifiers.ts';
import { registrationMode } from './identify.ts';

/** What somebody who registers has filled in. */
export interface RegistrationForm {
  readonly org: string;
  readonly email: string;
  readonly password: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly contactId: string | undefined;
  readonly identifiers: Identifiers;
  readonly contactIdentifiersForAccount: Readonly<Record<string, string>>;
  readonly additionalAttributes: Readonly<Record<string, string>>;
  /** Sent by a journey: the mail says so. */
  readonly isFromJourney: boolean;
}

const ADDRESS = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/;

/** A sign-in address in lower case. Throws 400 when it is none. */
export function requireAddress(text: string, path = 'body.email'): string {
  const email = text.trim().toLowerCase();
  if (email.length > 254 || !ADDRESS.test(email))
    throw invalid({ path, message: 'must be an e-mail address' });
  return email;
}

/**
 * Checks a form against the portal (portal §4.2 steps 1 and 2, §4.3 step 1). The address, and the names where they are identifiers, need not be
 * repeated among the identifiers. Answers the address, the identifiers, and the attributes of a contact that may be created. Throws 400.
 */
export function requireForm(
  portal: Portal,
  form: RegistrationForm,
): { readonly email: string; readonly identifiers: Identifiers; readonly contact: Document } {
  if (form.org !== portal.org)
    throw invalid({ path: 'body.orgId', message: 'is not the organisation of the portal' });
  if (!portal.enabled) {
    throw new Refusal(400, 'PORTAL_DISABLED', 'This portal is not available', { reason: 'PORTAL_DISABLED' });
  }
  const email = requireAddress(form.email);
  const additional = requireAdditional(portal, form.additionalAttributes);
  const configured = configuredIdentifiers(portal, 'registration_identifiers');
  const isInvited = form.contactId !== undefined && Object.keys(form.identifiers).length === 0;
  const identifiers =
    isInvited || !looksUp(portal)
      ? {}
      : requireIdentifiers(configured, withKnownValues(configured, form, email));
  const { email: _address, ...others } = identifiers['contact'] ?? {};
  const contact = {
    ...additional,
    ...asAttributes(others),
    ...asAttributes(registrationMode(portal) === 'account' ? chosen(portal, form) : {}),
    ...(form.firstName ? { first_name: form.firstName } : {}),
    ...(form.lastName ? { last_name: form.lastName } : {}),
  };
  return { email, identifiers, contact };
}

/** Whether the registration setting asks for identifiers at all. */
function looksUp({ config }: Portal): boolean {
  const setting =
    config['self_registration_entity'] === 'account'
      ? config['self_registration_account_setting']
      : config['self_registration_setting'];
  return (
    setting !== 'ALWAYS_CREATE_CONTACT' && setting !== 'ALWAYS_CREATE' && setting !== 'DISALLOW_COMPLETELY'
  );
}

function withKnownValues(
  configured: readonly { readonly schema: string; readonly name: string }[],
  form: RegistrationForm,
  email: string,
): Identifiers {
  const known: Record<string, string | undefined> = {
    email,
    first_name: form.firstName,
    last_name: form.lastName,
  };
  const contact = { ...form.identifiers['contact'] };
  for (const { schema, name } of configured) {
    const value = known[name];
    if (schema === 'contact' && contact[name] === undefined && value !== undefined) contact[name] = value;
  }
  return Object.keys(contact).length === 0 ? form.identifiers : { ...form.identifiers, contact };
}

/** Only configured attributes are taken (portal §4.2 step 7); required ones must be there. */
function requireAdditional(portal: Portal, shown: Readonly<Record<string, string>>): Document {
  const list: unknown = portal.config['additional_contact_attributes'];
  const problems: Problem[] = [];
  const taken: Record<string, unknown> = {};
  for (const item of Array.isArray(list) ? list.map(asObject) : []) {
    const name = String(item['name'] ?? '');
    const value = shown[name];
    if (value !== undefined && value !== '') taken[name] = value;
    else if (item['required'] === true) {
      problems.push({ path: `body.additional_contact_attributes.${name}`, message: 'is required' });
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return asAttributes(taken);
}

function chosen(portal: Portal, form: RegistrationForm): Readonly<Record<string, string>> {
  const names = configuredIdentifiers(portal, 'contact_identifiers_for_account').map(({ name }) => name);
  const entries = Object.entries(form.contactIdentifiersForAccount);
  return Object.fromEntries(entries.filter(([name]) => names.includes(name) && name !== 'email'));
}

/** Typed values as a contact stores them: phone numbers are a list. */
function asAttributes(values: Readonly<Record<string, unknown>>): Document {
  const { phone, ...others } = values;
  return typeof phone === 'string' ? { ...others, phone: [{ phone }] } : others;
}
