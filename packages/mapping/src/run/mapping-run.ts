import type { Expression } from '@busbar/jsonata';
import { jsonSize } from '../json/json-size.ts';
import { NodeBudget } from '../jsonpath/node-budget.ts';
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

/** Most fields of all items together: a large payload times a large configuration. */
const MAX_FIELDS = 1_000_000;

/** Most nodes all paths of an event may visit together. */
const MAX_PATH_NODES = 20_000_000;

/** Most characters, as JSON, of all attributes of an event: expressions, constants and paths may repeat much for every item. */
const MAX_OUTPUT = 32 * 1024 * 1024;

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
  private fieldsLeft = MAX_FIELDS;
  private outputLeft = MAX_OUTPUT;
  /** What all paths of this event spend from. */
  readonly pathNodes = new NodeBudget(undefined, MAX_PATH_NODES);

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

  /** @throws RunLimitReached when more fields are to be mapped than allowed */
  countFields(count: number, site: MappingSite): void {
    this.fieldsLeft -= count;
    if (this.fieldsLeft < 0)
      throw new RunLimitReached(site, `The event has more than ${MAX_FIELDS} fields to map`);
  }

  /** @throws RunLimitReached when the values of all attributes are larger than allowed */
  countOutput(value: unknown, site: MappingSite): void {
    this.outputLeft -= jsonSize(value, this.outputLeft);
    if (this.outputLeft < 0)
      throw new RunLimitReached(site, `The attributes of the event have more than ${MAX_OUTPUT} characters`);
  }

  /** Characters, as JSON and estimated, of the attributes so far. */
  get outputSize(): number {
    return MAX_OUTPUT - this.outputLeft;
  }
}
