import type { EgressStream } from '../../ports/index.ts';
import { type ArchiveSession, giveUp, MOST_FILE_BYTES } from './archive-session.ts';
import type { FileDescription, FileExtraction } from './extract-file.ts';
import type { FileProxyConfiguration, FileProxyStep } from './file-proxy-configuration.ts';
import { exchangeFailure, fileProxyFailure } from './file-proxy-failure.ts';
import type { MemoryShare } from './memory-budget.ts';
import { isStreamable } from './streamable.ts';
import type { ProxyContext, StepResult } from './template-context.ts';

/** A file from an archive. */
export interface FetchedFile extends FileDescription {
  readonly body: Buffer | AsyncIterable<Uint8Array>;
  /** Bytes, where known before the end. */
  readonly length: number | undefined;
}

/** Carries out the steps of a use case and takes the file out of their answers (erp-integration.md 12.5). @throws Refusal of 12.6 */
export async function fetchFile(
  configuration: FileProxyConfiguration,
  params: Readonly<Record<string, string>>,
  session: ArchiveSession,
  extraction: FileExtraction,
  memory: MemoryShare,
): Promise<FetchedFile> {
  const { steps, response } = configuration;
  const streamed = isStreamable(configuration);
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    const context: ProxyContext = { params, steps: results };
    const answer = await session.ask(step, index + 1, context);
    if (streamed && index === steps.length - 1) {
      const head = { body: undefined, headers: answer.headers, statusCode: answer.status };
      try {
        const description = await extraction.describe(response, { params, steps: [...results, head] });
        return { ...description, body: answer.body, length: lengthOf(answer) };
      } catch (error) {
        await giveUp(answer);
        throw error;
      }
    }
    results.push(await resultOf(step, index + 1, answer, memory));
  }
  const context: ProxyContext = { params, steps: results };
  const description = await extraction.describe(response, context);
  const body = await extraction.content(response, context);
  return { ...description, body, length: body.length };
}

/** The announced length; none where the bytes are decoded on the way. */
function lengthOf({ headers }: EgressStream): number | undefined {
  const announced = headers['content-length'];
  if (announced === undefined || headers['content-encoding'] !== undefined || !/^\d+$/.test(announced))
    return undefined;
  if (Number(announced) > MOST_FILE_BYTES) throw fileProxyFailure('FILE_TOO_LARGE', 'The file is too large');
  return Number(announced);
}

async function resultOf(
  step: FileProxyStep,
  number: number,
  answer: EgressStream,
  memory: MemoryShare,
): Promise<StepResult> {
  const bytes = await readAll(answer, number, memory);
  const { headers, status } = answer;
  if (step.responseType === 'binary') return { body: bytes.toString('base64'), headers, statusCode: status };
  try {
    // The decoder leaves a byte order mark out.
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return { body, headers, statusCode: status };
  } catch {
    throw fileProxyFailure('FILE_FETCH_FAILED', `Step ${number} of the archive answered no JSON`);
  }
}

async function readAll({ body }: EgressStream, number: number, memory: MemoryShare): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) {
      memory.take(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw exchangeFailure(error, 'FILE_FETCH_FAILED', `Step ${number} of the archive`);
  }
  return Buffer.concat(chunks);
}
