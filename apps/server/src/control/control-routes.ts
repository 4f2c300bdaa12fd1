import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../refusal.ts';

/** An order about a 360 user, as `busbar staff` takes it. */
export interface StaffOrder {
  readonly action: 'add' | 'password' | 'remove';
  readonly email: string;
  /** Default: the oldest organisation. */
  readonly org?: string | undefined;
  /** Slug of the role of a new user. Default: `owner`. */
  readonly role?: string | undefined;
}

/** What the commands `busbar token` and `busbar staff` ask a running server for. */
export interface Control {
  /** A new admin token of an organisation (default: the oldest one). */
  adminToken(org: string | undefined): Promise<string>;
  /** A new token of a portal customer, by e-mail address (default: the first one). */
  portalToken(email: string | undefined): Promise<string>;
  /** Carries an order out; answers what to tell whoever gave it. */
  staff(order: StaffOrder): Promise<string>;
}

/**
 * Routes for the commands on the same machine: only from loopback, only with the key that stands in the data folder. To everybody else they
 * do not exist. The embedded database belongs to the server's process, so a command cannot look into it by itself.
 */
export function controlRoutes(app: FastifyInstance, key: string, control: Control): void {
  app.post<{ Body: { org?: string } }>('/control/admin-token', async (request) => {
    admit(request, key);
    return { token: await control.adminToken(request.body?.org) };
  });
  app.post<{ Body: { email?: string } }>('/control/portal-token', async (request) => {
    admit(request, key);
    return { token: await control.portalToken(request.body?.email) };
  });
  app.post<{ Body: StaffOrder }>('/control/staff', async (request) => {
    admit(request, key);
    return { said: await control.staff(request.body) };
  });
}

function admit(request: FastifyRequest, key: string): void {
  const address = request.socket.remoteAddress ?? '';
  const isLocal = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  const given = request.headers['x-busbar-control'];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (!isLocal || typeof given !== 'string' || !timingSafeEqual(digest(given), digest(key))) {
    throw notFound('The route', 'ROUTE_NOT_FOUND');
  }
}
