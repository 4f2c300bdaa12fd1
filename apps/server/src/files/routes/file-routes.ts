import type { FastifyInstance } from 'fastify';
import { downloadRoute, publicRoute } from './download-routes.ts';
import type { RoutePlatform } from './route-platform.ts';
import { uploadRoute } from './upload-route.ts';

/** The routes that carry bytes. They are part of no contract: clients follow the links that the operations give them. */
export function fileRoutes(platform: RoutePlatform): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    // Bytes go through as they come; the limit is counted while they are stored.
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.put('/uploads/:org/:id', uploadRoute(platform));
    app.route({ method: ['GET', 'HEAD'], url: '/files/:org/:id', handler: downloadRoute(platform) });
    app.route({
      method: ['GET', 'HEAD'],
      url: '/files/public/:org/:id/:filename',
      handler: publicRoute(platform),
    });
  };
}
