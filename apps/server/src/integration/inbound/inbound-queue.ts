/** The job queue that drains the inbound events of an integration: one lane and one waiting job per integration. */
export const INBOUND_QUEUE = 'inbound-events';
