import { Refusal } from '../refusal.ts';
import { leavesItsFolder } from '../templates/index.ts';
import { applyFilter } from './filters.ts';

/** What templates may name: `Contact`, `Options`, `env` and so on. */
export type Variables = Readonly<Record<string, unknown>>;

const EXPRESSION = /\{\{([^{}]*)\}\}/g;
const SINGLE = /^\s*\{\{([^{}]*)\}\}\s*$/;

/** A template as text (portal §9.3): missing variables are empty, values that are no text are JSON. @throws Refusal 500 for a missing `env` key */
export function renderText(template: string, variables: Variables): string {
  return template.replace(EXPRESSION, (_, expression: string) => asText(evaluate(expression, variables)));
}

/** A template of any JSON shape; a text that is exactly one expression becomes the value itself, with its type. */
export function renderValue(template: unknown, variables: Variables): unknown {
  if (typeof template === 'string') {
    const single = SINGLE.exec(template)?.[1];
    return single === undefined ? renderText(template, variables) : evaluate(single, variables);
  }
  if (Array.isArray(template)) return template.map((item: unknown) => renderValue(item, variables));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, renderValue(value, variables)]),
  );
}

/**
 * A URL template: inserted values are percent-encoded, except an option or environment variable at the very start, which is the base. A value that
 * would lead out of its folder (`..`) cannot be encoded. @throws Refusal 500 `INVALID_TEMPLATE` for such a value
 */
export function renderUrl(template: string, variables: Variables): string {
  const url = template.trim().replace(EXPRESSION, (_, expression: string, at: number) => {
    const text = asText(evaluate(expression, variables));
    return at === 0 && /^\s*(Options|env)\./.test(expression) ? text : encodeURIComponent(text);
  });
  if (!leavesItsFolder(url)) return url;
  const reason = 'INVALID_TEMPLATE';
  throw new Refusal(500, reason, 'The address of the connected service cannot be made', { reason });
}

/** The keys of environment variables that a template of any shape names. */
export function environmentKeys(template: unknown): string[] {
  const text = JSON.stringify(template) ?? '';
  return [...text.matchAll(/\{\{\s*env\.([\w.-]+)/g)].map((match) => match[1] ?? '');
}

/** Follows a dot path with numeric steps; undefined where it ends. Only own members count. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const step of path.split('.').map((part) => part.trim())) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    const member: unknown = Reflect.get(value, step);
    value = member;
  }
  return value;
}

function evaluate(expression: string, variables: Variables): unknown {
  const [path = '', ...filters] = splitFilters(expression);
  return filters.reduce<unknown>(
    (value, filter) => applyFilter(filter, value, (name) => lookUp(name, variables)),
    lookUp(path, variables),
  );
}

function lookUp(path: string, variables: Variables): unknown {
  const quoted = /^(['"])(.*)\1$/s.exec(path)?.[2];
  if (quoted !== undefined) return quoted;
  if (!path.startsWith('env.')) return valueAt(variables, path);
  const key = path.slice('env.'.length);
  const environment = variables['env'];
  if (environment instanceof Map && environment.has(key)) return environment.get(key);
  throw new Refusal(500, 'ENVIRONMENT_VARIABLE_MISSING', 'The extension is not fully configured', {
    reason: 'ENVIRONMENT_VARIABLE_MISSING',
  });
}

/** Splits at `|`, but not within quotes. */
function splitFilters(expression: string): string[] {
  return (expression.match(/(?:'[^']*'|"[^"]*"|[^|'"])+/g) ?? []).map((part) => part.trim());
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
