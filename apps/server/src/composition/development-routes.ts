import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MailOutbox } from '../ports/index.ts';
import { notFound } from '../refusal.ts';

const MOST_MAILS = 50;

/** Routes that exist in development only, for this machine only: `GET /dev/mails` shows what would have been sent, newest first. */
export function developmentRoutes(outbox: MailOutbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get('/dev/mails', async (request) => {
      refuseOthers(request);
      return { mails: await outbox.list(MOST_MAILS) };
    });
  };
}

function refuseOthers(request: FastifyRequest): void {
  const address = request.socket.remoteAddress ?? '';
  if (address !== '::1' && !address.startsWith('127.') && !address.startsWith('::ffff:127.')) {
    throw notFound('The route', 'ROUTE_NOT_FOUND');
  }
}
