/** The kinds of use cases this server works with (erp-integration.md 1.2). */
export type UseCaseType = 'inbound' | 'outbound' | 'file_proxy' | 'secure_proxy';

export const USE_CASE_TYPES: readonly UseCaseType[] = ['inbound', 'outbound', 'file_proxy', 'secure_proxy'];

/** One flow inside an integration (erp-integration.md 1.2). */
export interface UseCase {
  readonly integrationId: string;
  readonly id: string;
  /** For inbound use cases also the event name that senders may use. */
  readonly name: string;
  readonly slug: string | undefined;
  readonly type: UseCaseType;
  readonly enabled: boolean;
  readonly configuration: UseCaseConfiguration | undefined;
  /** The reason of the last change; undefined if that change gave none. */
  readonly changeDescription: string | undefined;
  /** Who made the last change: the id of a person or of an access token. */
  readonly changedBy: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A configuration as it was sent; its shape depends on the type and was checked when it was saved. */
export type UseCaseConfiguration = Readonly<Record<string, unknown>>;

/** A use case as the contract shows it (contract: `UseCase`). */
export function useCaseToWire(useCase: UseCase): Record<string, unknown> {
  return {
    id: useCase.id,
    integrationId: useCase.integrationId,
    ...fieldsOf(useCase),
    created_at: useCase.createdAt.toISOString(),
    updated_at: useCase.updatedAt.toISOString(),
  };
}

/** A former state of a use case (contract: `UseCaseHistoryEntry`), except for `history_created_at`. */
export function historyEntry(useCase: UseCase, id: string): Record<string, unknown> {
  return { ...useCaseToWire(useCase), id, useCaseId: useCase.id };
}

function fieldsOf({ name, slug, type, enabled, configuration, changeDescription, changedBy }: UseCase) {
  return {
    name,
    ...(slug === undefined ? {} : { slug }),
    type,
    enabled,
    ...(configuration === undefined ? {} : { configuration }),
    ...(changeDescription === undefined ? {} : { change_description: changeDescription }),
    ...(changedBy === undefined ? {} : { changed_by: changedBy }),
  };
}
