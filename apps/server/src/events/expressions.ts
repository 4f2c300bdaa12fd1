/** What the event domain needs of an expression engine (JSONata); hostile input runs in its cage (safety.md 4.6). */
export interface Expressions {
  /** Evaluates an expression with `input` as its root. @throws an error with a `code` when it cannot be parsed or evaluated */
  evaluate(expression: string, input: unknown): Promise<unknown>;
  /** Whether an expression is true in the sense of `$boolean`. @throws as `evaluate` */
  isTrue(expression: string, input: unknown): Promise<boolean>;
  /** Why an expression cannot be used; undefined when it can be parsed. */
  problem(expression: string): string | undefined;
}
