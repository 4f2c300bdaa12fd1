/** A query string that cannot be read. `position` counts UTF-16 units from 0; callers answer 400 with it. */
export class QuerySyntaxError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(`${message} (at position ${position})`);
    this.name = 'QuerySyntaxError';
    this.position = position;
  }
}
