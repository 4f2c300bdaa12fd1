import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../contract/openapi-document.ts';
import { notFound, Refusal } from '../refusal.ts';

/** Answers what no route took: 405 with `Allow` where the path exists for other methods, else 404. */
export function unknownRoute(
  operations: readonly Operation[],
): (request: FastifyRequest, reply: FastifyReply) => never {
  const paths = operations.map((operation) => ({
    pattern: pathPattern(operation.path),
    method: operation.method,
  }));
  return (request) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = [...new Set(paths.filter((one) => one.pattern.test(path)).map((one) => one.method))];
    if (methods.length === 0 || methods.includes(request.method))
      throw notFound('The route', 'ROUTE_NOT_FOUND');
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${request.method} is not possible here`, {
      headers: { allow: methods.sort().join(', ') },
    });
  };
}

function pathPattern(path: string): RegExp {
  const literal = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]+')}$`);
}
