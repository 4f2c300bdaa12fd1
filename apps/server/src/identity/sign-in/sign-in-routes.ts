import type { FastifyInstance } from 'fastify';

export async function signInRoutes(_app: FastifyInstance, _deps: unknown): Promise<void> {}
