import { randomUUID } from 'node:crypto';
import { asObject } from '../contract/json-object.ts';
import type { Operations } from '../contract/operation-types.ts';
import type { Call } from '../http/call.ts';
import { reply } from '../http/call.ts';
import type { Principal } from '../identity/principal.ts';
import type { Clock } from '../ports/index.ts';
import { conflict, invalid, notFound } from '../refusal.ts';
import { type CustomVariable, variableProblems, variableToWire } from './custom-variable.ts';
import { findVariable, listVariables, removeVariable, writeVariable } from './custom-variable-store.ts';

/** Asks whether a caller may do something; throws 403 otherwise. Identity's `Access` is one. */
interface GrantCheck {
  requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
}

export interface CustomVariablesPlatform {
  readonly clock: Clock;
  readonly access: GrantCheck;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LARGEST_PAGE = 1_000;
/** Computed here, whatever clients send. */
const COMPUTED = ['id', 'key', 'created_at', 'created_by', 'updated_at', 'updated_by'];

/** The organisation's custom variables (contract `template-variables`). Grants: `template_variable:view|create|edit|delete`. */
export function customVariableOperations({
  clock,
  access,
}: CustomVariablesPlatform): Operations<'template-variables'> {
  const existing = async (call: Call<{ id: string }>): Promise<CustomVariable> => {
    const { id } = call.parameters;
    const found = UUID.test(id) ? await findVariable(call.tenant, id) : undefined;
    if (!found) throw notFound('The custom variable');
    return found;
  };

  const save = async (call: Call<unknown>, id: string) => {
    const problems = variableProblems(call.body);
    if (problems.length > 0) throw invalid(problems);
    const body = asObject(call.body);
    const definition = Object.fromEntries(Object.entries(body).filter(([name]) => !COMPUTED.includes(name)));
    const key = String(body['key']);
    return call.tenant.transaction(async (tx) => {
      if (!(await writeVariable(tx, { id, key, definition }, actorOf(call.principal), clock.now()))) {
        throw conflict(`A custom variable ${key} exists already`);
      }
      const saved = await findVariable(tx, id);
      if (!saved) throw new Error('A saved variable can be read');
      return variableToWire(saved);
    });
  };

  return {
    async getCustomVariables(call) {
      await access.requireGrant(call, 'template_variable:view');
      return (await listVariables(call.tenant)).map(variableToWire);
    },

    async searchCustomVariables(call) {
      await access.requireGrant(call, 'template_variable:view');
      const { type, tags = [], query = '', from = 0, size = 25, sort_by: sortBy } = call.body ?? {};
      if (from < 0 || size < 0 || size > LARGEST_PAGE) {
        throw invalid({ path: 'body.size', message: `must be between 0 and ${LARGEST_PAGE}` });
      }
      const wanted = query.toLowerCase();
      const results = (await listVariables(call.tenant)).map(variableToWire).filter((variable) => {
        const own = Array.isArray(variable['_tags']) ? variable['_tags'] : [];
        const words = `${variable.key} ${String(variable['name'] ?? '')}`.toLowerCase();
        return (
          (type === undefined || variable['type'] === type) &&
          tags.every((tag) => own.includes(tag)) &&
          words.includes(wanted)
        );
      });
      const sorted = sortBy === 'name' || sortBy === 'created_at' ? sortedBy(results, sortBy) : results;
      return { results: sorted.slice(from, from + size), hits: results.length };
    },

    async createCustomVariable(call) {
      await access.requireGrant(call, 'template_variable:create');
      return reply(201, await save(call, randomUUID()));
    },

    async getCustomVariable(call) {
      await access.requireGrant(call, 'template_variable:view');
      return variableToWire(await existing(call));
    },

    async updateCustomVariable(call) {
      await access.requireGrant(call, 'template_variable:edit');
      return save(call, (await existing(call)).id);
    },

    async deleteCustomVariable(call) {
      await access.requireGrant(call, 'template_variable:delete');
      const { id } = call.parameters;
      if (UUID.test(id)) await removeVariable(call.tenant, id);
      return reply(204);
    },
  };
}

function sortedBy<Item extends Record<string, unknown>>(items: readonly Item[], field: string): Item[] {
  return items.toSorted((left, right) => String(left[field] ?? '').localeCompare(String(right[field] ?? '')));
}

function actorOf(principal: Principal): string {
  if (principal.kind === 'user') return principal.userId;
  return principal.kind === 'api_client' || principal.kind === 'app' ? principal.tokenId : principal.kind;
}
