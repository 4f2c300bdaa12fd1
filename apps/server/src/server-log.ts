import { type Logger, pino } from 'pino';
import type { Settings } from './settings.ts';

/** What is never written to the log, wherever it appears. */
const REDACTED = [
  'req.headers.authorization',
  '*.password',
  '*.token',
  '*.secret',
  '*.authorization',
  '*.client_secret',
];

/** The log of a server on its standard output, as the settings want it: JSON for machines, or one short line each for people. */
export async function openServerLog(
  { logLevel, logFormat, mode }: Pick<Settings, 'logLevel' | 'logFormat' | 'mode'>,
  output: NodeJS.WritableStream = process.stdout,
): Promise<Logger> {
  const options = { level: logLevel, redact: { paths: REDACTED, censor: '[redacted]' } };
  const isTerminal = 'isTTY' in output && output.isTTY === true;
  const isForPeople = logFormat === 'text' || (logFormat === 'auto' && mode === 'development' && isTerminal);
  // pino's own writer is faster than the stream.
  if (!isForPeople) return pino(options, output === process.stdout ? pino.destination(1) : output);
  const { default: pinoPretty } = await import('pino-pretty');
  const lines = pinoPretty({
    destination: output,
    colorize: isTerminal,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,reqId,method,route,operationId,status,ms,org,caller',
    singleLine: true,
    messageFormat: (line) => (isRequest(line) ? requestLine(line) : String(line['msg'] ?? '')),
  });
  return pino(options, lines);
}

function isRequest(line: Readonly<Record<string, unknown>>): boolean {
  return line['msg'] === 'request' && 'status' in line;
}

function requestLine(line: Readonly<Record<string, unknown>>): string {
  const said = ['status', 'method', 'route', 'operationId', 'caller'].flatMap((name) => line[name] ?? []);
  return `${said.join(' ')} ${line['ms']} ms`;
}
