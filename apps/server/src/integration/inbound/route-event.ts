import type { UseCaseType } from '../use-cases/use-case.ts';

/** What routing looks at. */
export interface Routable {
  readonly id: string;
  readonly name: string;
  readonly slug: string | undefined;
  readonly type: UseCaseType;
  readonly enabled: boolean;
}

/** Why nobody answers to an event (codes of erp-integration.md 4.2). */
type Unroutable = 'EVENT_NOT_CONFIGURED' | 'USE_CASE_DISABLED' | 'USE_CASE_INVALID_TYPE';

/** Where an event goes; `several` when more than one enabled use case has its name and the oldest was taken. */
export type Route<U extends Routable> =
  | { readonly useCase: U; readonly several: boolean }
  | { readonly useCase: U | undefined; readonly refused: Unroutable };

/**
 * Finds the use case an event is for among those of its integration, oldest first (erp-integration.md 4.2): by slug when it has one, without
 * a fallback; otherwise by name, exactly and case-sensitively, and only then by the name as a slug.
 */
export function routeEvent<U extends Routable>(
  useCases: readonly U[],
  {
    useCaseSlug,
    eventName,
  }: { readonly useCaseSlug: string | undefined; readonly eventName: string | undefined },
): Route<U> {
  if (useCaseSlug !== undefined) return decide(useCases.filter(({ slug }) => slug === useCaseSlug));
  const named = useCases.filter(({ name }) => name === eventName);
  return decide(named.length > 0 ? named : useCases.filter(({ slug }) => slug === eventName));
}

function decide<U extends Routable>(matches: readonly U[]): Route<U> {
  const inbound = matches.filter(({ type }) => type === 'inbound');
  const [first, ...others] = inbound.filter(({ enabled }) => enabled);
  if (first) return { useCase: first, several: others.length > 0 };
  const [disabled] = inbound;
  if (disabled) return { useCase: disabled, refused: 'USE_CASE_DISABLED' };
  const [other] = matches;
  return { useCase: other, refused: other ? 'USE_CASE_INVALID_TYPE' : 'EVENT_NOT_CONFIGURED' };
}
