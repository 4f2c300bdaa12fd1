import type { OutboundUseCase } from './outbound-use-cases.ts';

/** What the outbound status is judged by. */
export interface OutboundSurroundings {
  /** All outbound use cases of the organisation. */
  readonly useCases: readonly OutboundUseCase[];
  /** Whether a catalog event is enabled; undefined when there is no such event. */
  readonly eventEnabled: (name: string) => boolean | undefined;
  /** The webhook, if it exists. */
  readonly webhook: (id: string) => { readonly name: string; readonly enabled: boolean } | undefined;
}

interface Conflict {
  readonly type:
    | 'event_disabled'
    | 'all_webhooks_disabled'
    | 'event_enabled_while_disabled'
    | 'webhook_enabled_while_disabled';
  readonly webhookId?: string;
  readonly message: string;
}

/** The status of one outbound use case and everything that keeps it from doing what its switches say (erp-integration.md 10.7). */
export function outboundStatus(useCase: OutboundUseCase, surroundings: OutboundSurroundings) {
  const { configuration } = useCase;
  const eventEnabled = configuration && surroundings.eventEnabled(configuration.eventName);
  const webhooks = webhooksOf(useCase).map(({ webhookId, webhookName }) => {
    const webhook = surroundings.webhook(webhookId);
    const name = webhook?.name ?? webhookName;
    return {
      webhookId,
      ...(name === undefined ? {} : { webhookName: name }),
      enabled: webhook?.enabled ?? null,
    };
  });
  const conflicts = useCase.enabled
    ? conflictsOfEnabled(useCase, surroundings)
    : conflictsOfDisabled(useCase, surroundings);
  return {
    useCaseId: useCase.id,
    name: useCase.name,
    useCaseEnabled: useCase.enabled,
    ...(configuration ? { eventCatalogEvent: configuration.eventName } : {}),
    eventEnabled: eventEnabled ?? null,
    webhooks,
    status: !useCase.enabled ? 'disabled' : conflicts.length > 0 ? 'conflict' : 'ok',
    conflicts,
  };
}

function conflictsOfEnabled({ configuration }: OutboundUseCase, around: OutboundSurroundings): Conflict[] {
  if (!configuration) return [];
  const { eventName } = configuration;
  const enabled = configuration.mappings.filter((mapping) => mapping.enabled);
  const noneListens =
    enabled.length > 0 && enabled.every(({ webhookId }) => !around.webhook(webhookId)?.enabled);
  return [
    ...(around.eventEnabled(eventName) === false
      ? [{ type: 'event_disabled' as const, message: `The event ${eventName} is disabled` }]
      : []),
    ...(noneListens
      ? [
          {
            type: 'all_webhooks_disabled' as const,
            message: 'All webhooks of the use case are disabled or missing',
          },
        ]
      : []),
  ];
}

function conflictsOfDisabled(useCase: OutboundUseCase, around: OutboundSurroundings): Conflict[] {
  const { configuration } = useCase;
  if (!configuration) return [];
  const { eventName } = configuration;
  const active = around.useCases.filter((other) => other.enabled && other.id !== useCase.id);
  const eventShared = active.some((other) => other.configuration?.eventName === eventName);
  const webhooksInUse = new Set(
    active.flatMap((other) =>
      (other.configuration?.mappings ?? []).flatMap(({ enabled, webhookId }) => (enabled ? webhookId : [])),
    ),
  );
  return [
    ...(around.eventEnabled(eventName) === true && !eventShared
      ? [
          {
            type: 'event_enabled_while_disabled' as const,
            message: `The event ${eventName} is enabled while the use case is disabled`,
          },
        ]
      : []),
    ...webhooksOf(useCase).flatMap(({ webhookId }) => {
      const webhook = around.webhook(webhookId);
      if (!webhook?.enabled || webhooksInUse.has(webhookId)) return [];
      return [
        {
          type: 'webhook_enabled_while_disabled' as const,
          webhookId,
          message: `The webhook ${webhook.name} is enabled while the use case is disabled`,
        },
      ];
    }),
  ];
}

/** The webhooks that a use case refers to, each once, in the order of its mappings. */
function webhooksOf({ configuration }: OutboundUseCase) {
  const mappings = configuration?.mappings ?? [];
  return mappings.filter(
    ({ webhookId }, index) => mappings.findIndex((mapping) => mapping.webhookId === webhookId) === index,
  );
}
