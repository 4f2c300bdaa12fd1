class AwaitingAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AwaitingAnswer';
  }
}

/**
 * Control signal inside a run: an expression was started and its answer comes later. Never leaves this package. One
 * object for all, because recording a stack for each would cost more than mapping a field.
 */
export const AWAITING_ANSWER = new AwaitingAnswer('An expression has not answered yet');

/** The same for a whole round: so many expressions wait that more are not worth remembering. */
export const ENOUGH_ASKED = new AwaitingAnswer('Many expressions have not answered yet');
