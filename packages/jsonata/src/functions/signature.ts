import { Pattern } from '../regex/pattern.ts';

/** One parameter of a signature, as far as arguments can be accepted without asking the reference implementation. */
export interface Parameter {
  readonly accepts: (value: unknown) => boolean;
  /** May be left out without the context value taking its place. */
  readonly optional: boolean;
}

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  s: (value) => typeof value === 'string',
  n: (value) => typeof value === 'number',
  b: (value) => typeof value === 'boolean',
  o: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  x: () => true,
  j: () => true,
  a: Array.isArray,
  f: (value) => value instanceof Pattern,
  'f<s:o>': (value) => value instanceof Pattern,
  'a<n>': (value) => Array.isArray(value) && value.every((item) => typeof item === 'number'),
  'a<s>': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/**
 * Reads a signature such as `<s-nn?:s>` into parameters. Undefined when it holds something only the reference
 * implementation checks (functions, repetition, arrays of objects).
 */
export function readSignature(signature: string): readonly Parameter[] | undefined {
  const parameters: Parameter[] = [];
  const parameter = /(\([a-z]+\)|[a-z](?:<[a-z:]+>)?)([-?+]?)/y;
  parameter.lastIndex = 1;
  for (let match = parameter.exec(signature); match !== null; match = parameter.exec(signature)) {
    const [, type = '', suffix = ''] = match;
    const accepts = type.startsWith('(') ? anyOf(type) : CHECKS[type];
    if (accepts === undefined || suffix === '+') return undefined;
    parameters.push({ accepts, optional: suffix === '?' });
  }
  return parameters;
}

function anyOf(choice: string): ((value: unknown) => boolean) | undefined {
  const checks: ((value: unknown) => boolean)[] = [];
  for (const type of choice.slice(1, -1)) {
    const check = type === 'a' ? undefined : CHECKS[type];
    if (check === undefined) return undefined;
    checks.push(check);
  }
  return (value) => checks.some((check) => check(value));
}
