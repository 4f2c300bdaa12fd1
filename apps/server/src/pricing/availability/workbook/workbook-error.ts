/** A workbook that cannot be read; the message says why, without anything out of the file. */
export class WorkbookError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'WorkbookError';
  }
}
