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

/** Most items one event may be expanded to, and so the most updates it may yield (spec ERP §2.4). */
const MAX_ITEMS = 5_000;

/** Most problems one event may have; hostile lists of relation items would otherwise fill the memory. */
const MAX_PROBLEMS = 10_000;

/** Raised when an event exceeds a limit of this file; ends the run, never leaves this package. */
export class RunLimitReached extends Error {
  readonly site: MappingSite;

  constructor(site: MappingSite, message: string) {
    super(message);
    this.name = 'RunLimitReached';
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
  private itemsLeft = MAX_ITEMS;

  constructor(
    payload: unknown,
    answers: Answers,
    integration: FileProxyContext | undefined,
    schemaAttributes: SchemaAttributes | undefined,
  ) {
    this.payload = payload;
    this.answers = answers;
    this.integration = integration;
    this.schemaAttributes = schemaAttributes;
  }

  evaluate(expression: Expression, scope: ItemScope): unknown {
    return this.answers.evaluate(expression, scope);
  }

  /** @throws RunLimitReached when there are more problems than an event may have */
  report({ site, index }: ItemScope, problem: Omit<MappingProblem, 'site' | 'item'>): void {
    if (this.problems.length >= MAX_PROBLEMS) {
      throw new RunLimitReached(site, `The event has more than ${MAX_PROBLEMS} problems`);
    }
    this.problems.push(index === undefined ? { ...problem, site } : { ...problem, site, item: index });
  }

  /** @throws RunLimitReached when the event is expanded to more items than allowed */
  countItems(count: number, site: MappingSite): void {
    this.itemsLeft -= count;
    if (this.itemsLeft < 0)
      throw new RunLimitReached(site, `The event yields more than ${MAX_ITEMS} updates`);
  }
}
