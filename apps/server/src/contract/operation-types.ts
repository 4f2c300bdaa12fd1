import type { Client as AccessToken } from '@epilot/sdk/access-token';
import type { Client as CustomerPortal } from '@epilot/sdk/customer-portal';
import type { Client as Entity } from '@epilot/sdk/entity';
import type { Client as Environments } from '@epilot/sdk/environments';
import type { Client as EventCatalog } from '@epilot/sdk/event-catalog';
import type { Client as File } from '@epilot/sdk/file';
import type { Client as IntegrationToolkit } from '@epilot/sdk/integration-toolkit';
import type { Client as Metering } from '@epilot/sdk/metering';
import type { Client as Permissions } from '@epilot/sdk/permissions';
import type { Client as Pricing } from '@epilot/sdk/pricing';
import type { Client as TemplateVariables } from '@epilot/sdk/template-variables';
import type { Client as Webhooks } from '@epilot/sdk/webhooks';
import type { Client as Workflow } from '@epilot/sdk/workflow';
import type { Client as WorkflowDefinition } from '@epilot/sdk/workflow-definition';
import type { Call, Reply } from '../http/call.ts';

/** The published contracts we serve, by their name in `@epilot/sdk`. */
interface Clients {
  'access-token': AccessToken;
  'customer-portal': CustomerPortal;
  entity: Entity;
  environments: Environments;
  'event-catalog': EventCatalog;
  file: File;
  'integration-toolkit': IntegrationToolkit;
  metering: Metering;
  permissions: Permissions;
  pricing: Pricing;
  'template-variables': TemplateVariables;
  webhooks: Webhooks;
  workflow: Workflow;
  'workflow-definition': WorkflowDefinition;
}

export type Api = keyof Clients;

type Method<A extends Api, Id> = Id extends keyof Clients[A] ? Clients[A][Id] : never;

/** The path, query and header parameters of an operation, as the SDK types them. */
export type ParametersOf<A extends Api, Id> =
  Method<A, Id> extends (parameters?: infer P, ...rest: never[]) => unknown
    ? ParameterObject<NonNullable<P>>
    : never;

/** The SDK lets callers pass one value, a list or an object; on the server it is always the object. */
type ParameterObject<P> = Exclude<P, string | number | readonly unknown[]>;

/** The JSON body of an operation, as the SDK types it. */
export type BodyOf<A extends Api, Id> =
  Method<A, Id> extends (parameters: never, data?: infer B, ...rest: never[]) => unknown ? B : never;

export type OperationId<A extends Api> = Extract<keyof Clients[A], string>;

/**
 * A handler, named by its `operationId`. It answers the body of the operation's first documented 2xx status, or a `Reply` where another
 * status or headers are due. What it answers is held against the contract's response schema in tests and in development, which is stricter
 * than the SDK's types.
 */
export type Handler<A extends Api, Id extends OperationId<A>> = (
  call: Call<ParametersOf<A, Id>, BodyOf<A, Id>>,
) => Promise<unknown | Reply>;

/** The handlers of one API that a domain brings. */
export type Operations<A extends Api> = { readonly [Id in OperationId<A>]?: Handler<A, Id> };
