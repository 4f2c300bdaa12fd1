import type { Expression } from '@busbar/jsonata';
import type { Answers } from './answers.ts';
import type { ItemScope } from './item-scope.ts';
import type { MappingProblem, MappingSite } from './mapping-problem.ts';

/** The integration an event belongs to, as file proxy URLs need it (spec ERP §6.11). */
export interface FileProxyContext {
  /** `{proxy base}` without a slash at its end. */
  readonly baseUrl: string;
  readonly orgId: string;
  readonly integrationId: string;
}

/** Attributes a schema defines; undefined for a schema the organisation does not have (spec ERP §7). */
export type SchemaAttributes = (schema: string) => ReadonlySet<string> | undefined;

/** Raised when an event yields more updates than allowed; ends the run, never leaves this package. */
export class UpdateLimitReached extends Error {
  readonly site: MappingSite;

  constructor(site: MappingSite) {
    super('Too many updates');
    this.name = 'UpdateLimitReached';
    this.site = site;
  }
}

/** One round over a payload: evaluates expressions and collects problems. Rules write their findings only here. */
export class MappingRun {
  readonly payload: unknown;
  readonly integration: FileProxyContext | undefined;
  readonly schemaAttributes: SchemaAttributes | undefined;
  readonly problems: MappingProblem[] = [];
  private readonly answers: Answers;
  private updatesLeft: number;

  constructor(
    payload: unknown,
    answers: Answers,
    maxUpdates: number,
    integration: FileProxyContext | undefined,
    schemaAttributes: SchemaAttributes | undefined,
  ) {
    this.payload = payload;
    this.answers = answers;
    this.updatesLeft = maxUpdates;
    this.integration = integration;
    this.schemaAttributes = schemaAttributes;
  }

  evaluate(expression: Expression, scope: ItemScope): unknown {
    return this.answers.evaluate(expression, scope);
  }

  report(scope: ItemScope, problem: Omit<MappingProblem, 'site' | 'item'>): void {
    const { site, index } = scope;
    this.problems.push(index === undefined ? { ...problem, site } : { ...problem, site, item: index });
  }

  /** @throws UpdateLimitReached */
  countUpdate(site: MappingSite): void {
    this.updatesLeft -= 1;
    if (this.updatesLeft < 0) throw new UpdateLimitReached(site);
  }
}
