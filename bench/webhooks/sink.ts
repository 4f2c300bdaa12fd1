/** A receiver in a process of its own: answers 200 at once and counts; on a second port it never answers. */
import { createServer } from 'node:http';

let received = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    received += 1;
    response.writeHead(200).end();
  });
});
server.keepAliveTimeout = 60_000;
const dead = createServer((request) => request.resume());
server.listen(0, '127.0.0.1', () =>
  dead.listen(0, '127.0.0.1', () => process.send?.({ ports: [portOf(server), portOf(dead)] })),
);
process.on('message', () => process.send?.({ received }));
process.on('disconnect', () => process.exit());

function portOf(listening: ReturnType<typeof createServer>): number {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
