import type { Problem } from '../refusal.ts';
import type { VariableType } from './variable.ts';

/** Most UTF-16 units of a value, serialised (contract: JSON, Text and List at most 32 KB). */
const MOST_CHARACTERS = 32_768;
/** Most bytes of a secret (contract schema `ListOfSecretString`). */
const MOST_SECRET_BYTES = 4_096;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks a value against the type of its variable (contract schema `EnvironmentValue`). */
export function valueProblems(type: VariableType, value: unknown): Problem[] {
  const problem = (message: string): Problem[] => [{ path: 'body.value', message }];
  if (JSON.stringify(value).length > MOST_CHARACTERS) return problem('is longer than 32768 characters');
  switch (type) {
    case 'String':
    case 'Text':
      return typeof value === 'string' ? [] : problem('must be a string');
    case 'SecretString':
      return typeof value === 'string' ? secretProblems(value) : problem('must be a string');
    case 'Number':
      return typeof value === 'number' ? [] : problem('must be a number');
    case 'Boolean':
      return typeof value === 'boolean' ? [] : problem('must be true or false');
    case 'JSON':
      return isObject(value) ? [] : problem('must be an object');
    case 'Map':
      return isObject(value) && Array.isArray(value['options']) && value['options'].length > 0
        ? []
        : problem('must be an object with options');
    case 'Link':
      return isObject(value) && isWebAddress(value['url'])
        ? []
        : problem('must be an object with an http or https url');
    case 'List':
      return listProblems(value);
  }
}

function listProblems(value: unknown): Problem[] {
  const items = isObject(value) ? value['items'] : undefined;
  if (!isObject(value) || typeof value['itemType'] !== 'string' || !Array.isArray(items))
    return [{ path: 'body.value', message: 'must be an object with itemType and items' }];
  if (items.length < 1 || items.length > 100)
    return [{ path: 'body.value.items', message: 'must have 1 to 100 items' }];
  if (value['itemType'] === 'SecretString')
    return items.flatMap((item) => (typeof item === 'string' ? secretProblems(item) : []));
  return [];
}

function secretProblems(secret: string): Problem[] {
  return Buffer.byteLength(secret) <= MOST_SECRET_BYTES
    ? []
    : [{ path: 'body.value', message: 'is longer than 4096 bytes' }];
}

function isWebAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  return ['http:', 'https:'].includes(new URL(value).protocol);
}
