class AwaitingAnswer extends Error {
  constructor() {
    super('An expression has not answered yet');
    this.name = 'AwaitingAnswer';
  }
}

/**
 * Control signal inside a run: an expression was started and its answer comes later. Never leaves this package. One
 * object for all, because recording a stack for each would cost more than mapping a field.
 */
export const AWAITING_ANSWER = new AwaitingAnswer();
