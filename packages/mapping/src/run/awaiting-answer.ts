/** Control signal inside a run: an expression was started and its answer comes later. Never leaves this package. */
export class AwaitingAnswer extends Error {
  constructor() {
    super('An expression has not answered yet');
    this.name = 'AwaitingAnswer';
  }
}
