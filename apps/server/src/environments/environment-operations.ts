import type { Operations } from '../contract/operation-types.ts';
import { reply } from '../http/call.ts';
import type { Principal } from '../identity/principal.ts';
import type { Clock, SecretBox } from '../ports/index.ts';
import { conflict, invalid, notFound } from '../refusal.ts';
import type { TenantQueries } from '../storage/index.ts';
import {
  describeVariable,
  findVariable,
  listVariables,
  removeVariable,
  type StoredVariable,
  writeVariable,
} from './store.ts';
import { valueProblems } from './value-rules.ts';
import { toWire, type Variable, type VariableType } from './variable.ts';

/** Asks whether a caller may do something; throws 403 otherwise. Identity's `Access` is one. */
interface GrantCheck {
  requireGrant(call: { readonly principal: Principal }, action: string, resource?: string): Promise<void>;
}

export interface EnvironmentPlatform {
  readonly clock: Clock;
  readonly secrets: SecretBox;
  readonly access: GrantCheck;
}

/** The environment store of the organisation (contract `environments`, identity.md 1.5). Secret values go in and never come out. */
export function environmentOperations({
  clock,
  secrets,
  access,
}: EnvironmentPlatform): Operations<'environments'> {
  return {
    async listEnvironmentVariables(call) {
      await access.requireGrant(call, 'environment:view');
      return { items: (await listVariables(call.tenant)).map(toWire) };
    },

    async createEnvironmentVariable(call) {
      await access.requireGrant(call, 'environment:create');
      const { key, type, value, description, group } = call.body;
      if (value !== undefined) refuseUnfit({ type, value });
      const variable = { key, type, value, description, group, protected: call.body.protected ?? false };
      if (!(await writeVariable(call.tenant, secrets, variable, clock.now(), { onlyNew: true })))
        throw conflict(`The environment variable ${key} exists already`);
      return toWire(await existing(call.tenant, key));
    },

    async updateEnvironmentVariable(call) {
      await access.requireGrant(call, 'environment:edit');
      const now = clock.now();
      return call.tenant.transaction(async (tx) => {
        const before = await findVariable(tx, call.parameters.key, 'for update');
        const { body } = call;
        const type = body.type ?? before?.type ?? 'String';
        if (before && type !== before.type && before.hasValue)
          throw conflict('The type of a variable that holds a value cannot be changed');
        if (body.value !== undefined) refuseUnfit({ type, value: body.value });
        const variable: StoredVariable = {
          key: call.parameters.key,
          type,
          value: body.value,
          description: body.description ?? before?.description,
          group: body.group ?? before?.group,
          protected: body.protected ?? before?.protected ?? false,
        };
        if (before && body.value === undefined && type === before.type)
          await describeVariable(tx, variable, now);
        else await writeVariable(tx, secrets, variable, now, { onlyNew: false });
        return reply(before ? 200 : 201, toWire(await existing(tx, variable.key)));
      });
    },

    async deleteEnvironmentVariable(call) {
      await access.requireGrant(call, 'environment:delete');
      if (!(await removeVariable(call.tenant, call.parameters.key)))
        throw notFound('The environment variable');
      return undefined;
    },
  };
}

function refuseUnfit({ type, value }: { readonly type: VariableType; readonly value: unknown }): void {
  const problems = valueProblems(type, value);
  if (problems.length > 0) throw invalid(problems);
}

async function existing(tenant: TenantQueries, key: string): Promise<Variable> {
  const variable = await findVariable(tenant, key);
  if (!variable) throw notFound('The environment variable');
  return variable;
}
