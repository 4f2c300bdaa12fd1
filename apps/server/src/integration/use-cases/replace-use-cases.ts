import { invalid } from '../../refusal.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { changeUseCase, createUseCase, slugsOf, type UseCaseInput, useCaseInput } from './save-use-case.ts';
import { listUseCases, removeUseCases } from './use-case-store.ts';

/**
 * Makes the use cases of a locked integration those of a request (erp-integration.md 3.4): listed ones are changed or created in order, all
 * others deleted. 400 when an id or a slug occurs twice, or when one of them cannot be saved; nothing is written then.
 */
export async function replaceUseCases(
  tx: TenantTransaction,
  integrationId: string,
  bodies: readonly object[],
  changedBy: string | undefined,
  now: Date,
): Promise<void> {
  const inputs = bodies.map((body, index) => useCaseInput(body, `body.use_cases[${index}]`, changedBy));
  refuseTwice(inputs, 'id');
  refuseTwice(inputs, 'slug');
  const stored = await listUseCases(tx, [integrationId]);
  const listed = new Set(inputs.map(({ id }) => id));
  const removed = stored.filter(({ id }) => !listed.has(id)).map(({ id }) => id);
  if (removed.length > 0) await removeUseCases(tx, integrationId, removed);
  let current = stored.filter(({ id }) => listed.has(id));
  for (const input of inputs) {
    const existing = current.find(({ id }) => id === input.id);
    const others = current.filter(({ id }) => id !== input.id);
    // A slug that is given further down must not be derived from a name before.
    const toCome = inputs.flatMap(({ slug }) =>
      typeof slug === 'string' && slug !== input.slug ? [slug] : [],
    );
    const taken = new Set([...slugsOf(others), ...toCome]);
    const saved = existing
      ? await changeUseCase(tx, existing, input, taken, now)
      : await createUseCase(tx, integrationId, input, taken, now);
    current = [...others, saved];
  }
}

function refuseTwice(inputs: readonly UseCaseInput[], member: 'id' | 'slug'): void {
  const seen = new Set<string>();
  for (const input of inputs) {
    const value = input[member];
    if (typeof value !== 'string') continue;
    if (seen.has(value))
      throw invalid({ path: `${input.path}.${member}`, message: 'occurs twice in this request' });
    seen.add(value);
  }
}
