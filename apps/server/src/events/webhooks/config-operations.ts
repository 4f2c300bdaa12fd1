import { randomInt } from 'node:crypto';
import type { Auth, WebhookConfig as WireConfig } from '@epilot/sdk/webhooks';
import type { Operations } from '../../contract/operation-types.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { EventsPlatform } from '../platform.ts';
import { configProblems } from './config-rules.ts';
import { findConfig, listConfigs, removeConfig, writeConfig } from './config-store.ts';
import { ensureSigningKey, newSigningSecret, publicKeyOf } from './signing-keys.ts';
import {
  mergeAuth,
  openAuth,
  SIGNING_PURPOSE,
  sealAuth,
  toWire,
  type WebhookConfig,
  type WebhookDefinition,
} from './webhook-config.ts';

/** Webhook configurations (contract `webhooks`, erp-integration.md 10.2). The signing secret is answered once, by `createConfig`. */
export function configOperations(platform: EventsPlatform): Operations<'webhooks'> {
  const { database, clock, secrets, access } = platform;
  const shown = (org: string, config: WebhookConfig) =>
    toWire(config, openAuth(secrets, org, config.sealedAuth));

  return {
    async createConfig(call) {
      await access.requireGrant(call, 'webhook:create');
      await refuseProblems(call.body, platform);
      const { org } = call.tenant;
      const now = clock.now();
      await ensureSigningKey(call.tenant, secrets, now);
      const signingSecret = newSigningSecret();
      const config: WebhookConfig = {
        id: newConfigId(),
        name: call.body.name,
        eventName: call.body.eventName,
        enabled: call.body.enabled ?? true,
        definition: definitionOf(call.body, undefined),
        sealedAuth: sealAuth(secrets, org, call.body.auth ?? NO_AUTH),
        sealedSigningSecret: secrets.seal(signingSecret, { org, purpose: SIGNING_PURPOSE }),
        createdAt: now,
        updatedAt: now,
      };
      await writeConfig(call.tenant, config);
      return { ...shown(org, config), signingSecret };
    },

    async getConfigs(call) {
      await access.requireGrant(call, 'webhook:view');
      const configs = await listConfigs(call.tenant);
      const { eventName } = call.parameters;
      return configs
        .filter((config) => eventName === undefined || config.eventName === eventName)
        .map((config) => shown(call.tenant.org, config));
    },

    async updateConfig(call) {
      await access.requireGrant(call, 'webhook:edit');
      await refuseProblems(call.body, platform);
      const { org } = call.tenant;
      return call.tenant.transaction(async (transaction) => {
        const before = await findConfig(transaction, call.parameters.configId, 'for update');
        if (!before) throw notFound('The webhook');
        const auth = mergeAuth(openAuth(secrets, org, before.sealedAuth), call.body.auth);
        const config: WebhookConfig = {
          ...before,
          name: call.body.name,
          eventName: call.body.eventName,
          enabled: call.body.enabled ?? before.enabled,
          definition: definitionOf(call.body, before.definition),
          sealedAuth: sealAuth(secrets, org, auth),
          updatedAt: clock.now(),
        };
        await writeConfig(transaction, config);
        return shown(org, config);
      });
    },

    async deleteConfig(call) {
      await access.requireGrant(call, 'webhook:delete');
      if (!(await removeConfig(call.tenant, call.parameters.configId))) throw notFound('The webhook');
      return undefined;
    },

    /** Public; the organisation comes from the query. An organisation without webhooks has no key to show. */
    async getPublicKey(call) {
      const key = await publicKeyOf(database.tenant(call.parameters.orgId));
      if (key === undefined) throw notFound('The public key');
      return { public_key: key, algorithm: 'ed25519', issuer: 'busbar' };
    },
  };
}

const NO_AUTH: Auth = { authType: 'NONE' };
const ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A short id as the contract describes it; twelve characters, so that nobody guesses or meets one by chance. */
function newConfigId(): string {
  return Array.from({ length: 12 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
}

async function refuseProblems(config: WireConfig, platform: EventsPlatform): Promise<void> {
  const problems = await configProblems(config, platform);
  if (problems.length > 0) throw invalid(problems);
}

/** The settings of a request; a retry policy that is left out stays as it is, and new webhooks get the default (contract, `retryPolicy`). */
function definitionOf(config: WireConfig, before: WebhookDefinition | undefined): WebhookDefinition {
  const {
    id,
    name,
    eventName,
    enabled,
    auth,
    creationTime,
    updatedTime,
    status,
    signingSecret,
    ...definition
  } = config;
  const retryPolicy = definition.retryPolicy ?? before?.retryPolicy ?? { enabled: true, maxAttempts: 3 };
  return { ...definition, retryPolicy };
}
