import { randomUUID } from 'node:crypto';
import { sameJson } from '../../entities/index.ts';
import { invalid, type Problem } from '../../refusal.ts';
import { isUniqueViolation, type TenantTransaction } from '../../storage/index.ts';
import { configurationProblems, storedConfiguration } from './configuration-rules.ts';
import { deriveSlug } from './slug.ts';
import { USE_CASE_TYPES, type UseCase, type UseCaseConfiguration, type UseCaseType } from './use-case.ts';
import { recordHistory } from './use-case-history.ts';
import { insertUseCase, updateUseCaseRow } from './use-case-store.ts';

/** Characters of `change_description` (erp-integration.md 1.2); the contract bounds it in updates and answers, but not where use cases are created. */
const MOST_DESCRIPTION = 2_000;

/** What a request says about a use case; `path` is where it stands in the body (`body`, `body.use_cases[2]`). */
export interface UseCaseInput {
  readonly path: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly slug?: string | null | undefined;
  readonly type?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly configuration?: UseCaseConfiguration | undefined;
  readonly changeDescription?: string | undefined;
  readonly changedBy: string | undefined;
}

/** Reads a use case of a request body that the contract has let through. */
export function useCaseInput(body: object, path: string, changedBy: string | undefined): UseCaseInput {
  const value: Partial<Record<string, unknown>> = { ...body };
  const { configuration, slug } = value;
  return {
    path,
    id: text(value['id'])?.toLowerCase(),
    name: text(value['name']),
    slug: slug === null ? null : text(slug),
    type: text(value['type']),
    enabled: typeof value['enabled'] === 'boolean' ? value['enabled'] : undefined,
    configuration: isConfiguration(configuration) ? configuration : undefined,
    changeDescription: text(value['change_description']),
    changedBy,
  };
}

/**
 * Creates a use case of an integration that the transaction has locked. `taken` are the slugs of its other use cases. 400 for a type we do
 * not know, a taken slug (`SLUG_TAKEN`), an id that is used elsewhere, or a configuration that cannot be used.
 */
export async function createUseCase(
  tx: TenantTransaction,
  integrationId: string,
  input: UseCaseInput,
  taken: ReadonlySet<string>,
  now: Date,
): Promise<UseCase> {
  const { path, name = '', changeDescription = '' } = input;
  const type = typeOf(input);
  if (changeDescription.length > MOST_DESCRIPTION)
    throw invalid({
      path: `${path}.change_description`,
      message: `must not have more than ${MOST_DESCRIPTION} characters`,
    });
  if (input.configuration)
    refuse(configurationProblems(type, name, input.configuration, `${path}.configuration`, undefined));
  if (typeof input.slug === 'string' && taken.has(input.slug)) throw slugTaken(path);
  const useCase: UseCase = {
    integrationId,
    id: input.id ?? randomUUID(),
    name,
    slug: input.slug ?? deriveSlug(name, taken),
    type,
    enabled: input.enabled ?? false,
    configuration: input.configuration && storedConfiguration(type, input.configuration, undefined, now),
    changeDescription: input.changeDescription,
    changedBy: input.changedBy,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await insertUseCase(tx, useCase);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw invalid({ path: `${path}.id`, message: 'is used elsewhere' });
  }
  return useCase;
}

/**
 * Changes what the input names; the configuration is replaced as a whole. The state before goes to the history; when nothing differs nothing
 * is written (erp-integration.md 1.4). 400 for another type, a changed or cleared slug, or a configuration that cannot be used.
 */
export async function changeUseCase(
  tx: TenantTransaction,
  stored: UseCase,
  input: UseCaseInput,
  taken: ReadonlySet<string>,
  now: Date,
): Promise<UseCase> {
  const { path } = input;
  if (input.type !== undefined && input.type !== stored.type)
    throw invalid({ path: `${path}.type`, message: `is ${stored.type} and cannot be changed` });
  const slug = changedSlug(stored, input, taken);
  const configuration = input.configuration
    ? storedConfiguration(stored.type, input.configuration, stored.configuration, now)
    : stored.configuration;
  const changed: UseCase = {
    ...stored,
    name: input.name ?? stored.name,
    slug,
    enabled: input.enabled ?? stored.enabled,
    configuration,
  };
  if (input.configuration) {
    const at = `${path}.configuration`;
    refuse(configurationProblems(stored.type, changed.name, input.configuration, at, stored.configuration));
  }
  const { changeDescription } = input;
  const isSame = sameJson(contentOf(changed), contentOf(stored));
  if (isSame && (changeDescription === undefined || changeDescription === stored.changeDescription))
    return stored;
  return writeChange(tx, stored, { ...changed, changeDescription, changedBy: input.changedBy }, now);
}

/** Writes a use case over the stored one, whose state goes to the history; when their content is the same nothing is written. */
export async function saveChange(
  tx: TenantTransaction,
  stored: UseCase,
  changed: UseCase,
  now: Date,
): Promise<UseCase> {
  return sameJson(contentOf(changed), contentOf(stored)) ? stored : writeChange(tx, stored, changed, now);
}

async function writeChange(
  tx: TenantTransaction,
  stored: UseCase,
  changed: UseCase,
  now: Date,
): Promise<UseCase> {
  await recordHistory(tx, stored, now);
  const written = { ...changed, updatedAt: now };
  await updateUseCaseRow(tx, written);
  return written;
}

function contentOf({ name, slug, enabled, configuration }: UseCase): unknown {
  return [name, slug, enabled, configuration];
}

function changedSlug(stored: UseCase, { slug, path }: UseCaseInput, taken: ReadonlySet<string>) {
  if (slug === undefined || slug === stored.slug) return stored.slug;
  if (stored.slug !== undefined || slug === null)
    throw invalid({ path: `${path}.slug`, message: 'cannot be changed once it is set' });
  if (taken.has(slug)) throw slugTaken(path);
  return slug;
}

function slugTaken(path: string) {
  return invalid({ path: `${path}.slug`, message: 'is taken by another use case' }, 'SLUG_TAKEN');
}

/** The slugs that some use cases have. */
export function slugsOf(useCases: readonly UseCase[]): Set<string> {
  return new Set(useCases.flatMap(({ slug }) => slug ?? []));
}

function typeOf({ type, path }: UseCaseInput): UseCaseType {
  const known = USE_CASE_TYPES.find((candidate) => candidate === type);
  if (!known) throw invalid({ path: `${path}.type`, message: `must be one of ${USE_CASE_TYPES.join(', ')}` });
  return known;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalid(problems);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isConfiguration(value: unknown): value is UseCaseConfiguration {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
