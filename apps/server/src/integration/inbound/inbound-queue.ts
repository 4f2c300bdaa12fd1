/** The job queue that drains the inbound events of an integration: a lane and a waiting job for each of its lanes that has any. */
export const INBOUND_QUEUE = 'inbound-events';
