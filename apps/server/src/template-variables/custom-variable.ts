import { asObject, type JsonObject } from '../contract/json-object.ts';
import type { Problem } from '../refusal.ts';
import { parseTemplate, TemplateError } from '../templates/index.ts';

/** A text with a name (contract schema `CustomVariable`). */
export interface CustomVariable {
  readonly id: string;
  readonly key: string;
  /** `type`, `name`, `template`, `config` and the like, as clients sent them. */
  readonly definition: JsonObject;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export const KEY = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** What templates offer under these names is never a variable of somebody's own. */
const RESERVED: ReadonlySet<string> = new Set(['env', 'this', 'else', 'if', 'unless', 'each', 'with']);
const LARGEST_DEFINITION = 256 * 1024;

/** What is wrong with a variable as a client sent it; empty when it can be kept. */
export function variableProblems(body: unknown): Problem[] {
  const { key, template, helper_logic: logic } = asObject(body);
  const problems: Problem[] = [];
  if (typeof key !== 'string' || !KEY.test(key) || RESERVED.has(key)) {
    problems.push({ path: 'body.key', message: 'must be a name of letters, digits and underscores' });
  }
  if (typeof template !== 'string') problems.push({ path: 'body.template', message: 'is required' });
  else problems.push(...templateProblems(template));
  if (logic !== undefined && logic !== null && logic !== '') {
    problems.push({ path: 'body.helper_logic', message: 'is program text, which is not run here' });
  }
  if (JSON.stringify(body).length > LARGEST_DEFINITION)
    problems.push({ path: 'body', message: 'is too large' });
  return problems;
}

function templateProblems(template: string): Problem[] {
  try {
    parseTemplate(template);
    return [];
  } catch (error) {
    if (error instanceof TemplateError) return [{ path: 'body.template', message: error.message }];
    throw error;
  }
}

/** The contract's form of a variable. */
export function variableToWire(variable: CustomVariable): JsonObject & { key: string; template: string } {
  return {
    ...variable.definition,
    id: variable.id,
    key: variable.key,
    template: String(variable.definition['template']),
    created_at: variable.createdAt.toISOString(),
    created_by: variable.createdBy,
    updated_at: variable.updatedAt.toISOString(),
    updated_by: variable.updatedBy,
  };
}
