import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalid } from '../refusal.ts';

/** Forms of contract operations are small: a code and a state. */
const MOST_BYTES = 64 * 1024;

/**
 * Lets a scope take HTML forms, url-encoded and multipart, as bodies: an object of their text fields, the first of each name. Files are left out.
 * Throws 400 for a multipart body that cannot be read.
 */
export function acceptForms(scope: FastifyInstance): void {
  const types = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;
  scope.addContentTypeParser(
    types,
    { parseAs: 'buffer', bodyLimit: MOST_BYTES },
    async (request: FastifyRequest, body: string | Buffer) => fieldsOf(request, Buffer.from(body)),
  );
}

async function fieldsOf(request: FastifyRequest, body: Buffer): Promise<Record<string, string>> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(body, { headers }).formData().catch(() => {
    throw invalid({ path: 'body', message: 'is no form' }, 'MALFORMED_FORM');
  });
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value === 'string' && !fields.has(name)) fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
