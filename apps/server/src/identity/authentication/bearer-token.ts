import { unauthorized } from '../../refusal.ts';

/** The token of an `Authorization: Bearer` header; undefined without the header. Throws 401 for other schemes. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const match = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header);
  if (!match) throw unauthorized();
  return match[1];
}
