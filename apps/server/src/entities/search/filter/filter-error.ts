/** A structured filter that cannot be read. `path` points into the filter, as in `filter[0].term`; callers answer 400 with it. */
export class FilterError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'FilterError';
    this.path = path;
  }
}
