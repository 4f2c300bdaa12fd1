/** What the event domain needs of an expression engine (JSONata); hostile input runs in its cage (safety.md 4.6). */
export interface Expressions {
  /** Evaluates an expression of an organisation with `input` as its root. @throws an error when it cannot be parsed or evaluated */
  evaluate(org: string, expression: string, input: unknown): Promise<unknown>;
  /** Whether an expression is true in the sense of `$boolean`. @throws as `evaluate` */
  isTrue(org: string, expression: string, input: unknown): Promise<boolean>;
  /** Why an expression cannot be used; undefined when it can be parsed. */
  problem(expression: string): string | undefined;
}
