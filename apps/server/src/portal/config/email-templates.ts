import { asObject } from '../../contract/json-object.ts';

/** Older names that clients still set; they are read when the new one is unset (portal §3.7). */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  journeySignInOneTimePassword: 'journeyLoginOTP',
  advancedAuth: 'advancedMFA',
};

/** The id of the template a portal has chosen for a purpose; undefined means the built-in mail. */
export function emailTemplateId(portal: { readonly config: unknown }, purpose: string): string | undefined {
  const templates = asObject(asObject(portal.config)['email_templates']);
  const id = templates[purpose] ?? templates[FORMER_NAMES[purpose] ?? ''];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
