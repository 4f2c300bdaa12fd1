import { type Evaluator, ExpressionError, parseExpression } from '@busbar/jsonata';
import { MOST_FILE_BYTES } from './archive-session.ts';
import type { FileProxyResponse } from './file-proxy-configuration.ts';
import { fileProxyFailure } from './file-proxy-failure.ts';
import type { ProxyContext, TemplateRenderer } from './template-context.ts';

const DEFAULT_NAME = 'download';
const DEFAULT_TYPE = 'application/octet-stream';
const MOST_NAME = 200;

/** What is said about a file. */
export interface FileDescription {
  readonly filename: string;
  readonly contentType: string;
}

/** Evaluates the response part of a configuration (erp-integration.md 12.5). */
export class FileExtraction {
  readonly #evaluator: Evaluator;
  readonly #renderer: TemplateRenderer;

  constructor(evaluator: Evaluator, renderer: TemplateRenderer) {
    this.#evaluator = evaluator;
    this.#renderer = renderer;
  }

  /** The bytes of the file. @throws Refusal 502 `FILE_EXTRACTION_FAILED`, `FILE_TOO_LARGE` */
  async content(response: FileProxyResponse, context: ProxyContext): Promise<Buffer> {
    const text = await this.#evaluate(response.body, context);
    // Bytes of binary steps are base64 inside expressions, too.
    if (typeof text !== 'string') throw failed('The expression for the content gives no text');
    const base64 = text.replace(/\s+/g, '');
    const bytes = Buffer.from(base64, 'base64');
    const characters = base64.replace(/=+$/, '').length;
    // The decoder skips what it does not know.
    if (bytes.length !== Math.floor((characters * 3) / 4)) throw failed('The content is not base64');
    if (bytes.length > MOST_FILE_BYTES) throw fileProxyFailure('FILE_TOO_LARGE', 'The file is too large');
    return bytes;
  }

  /** Name and type of the file, harmless in header fields. @throws Refusal 502 `FILE_EXTRACTION_FAILED`, 500 `USE_CASE_MISSING_CONFIG` */
  async describe(response: FileProxyResponse, context: ProxyContext): Promise<FileDescription> {
    const [name, type] = await Promise.all([
      this.#text(response.filename, context),
      this.#text(response.contentType, context),
    ]);
    return { filename: safeName(name), contentType: safeType(type) };
  }

  async #text(expression: string | undefined, context: ProxyContext): Promise<string | undefined> {
    if (expression === undefined) return undefined;
    const value = await this.#evaluate(expression, context);
    return typeof value === 'string' ? this.#renderer.result(value, expression) : undefined;
  }

  async #evaluate(expression: string, context: ProxyContext): Promise<unknown> {
    try {
      return await this.#evaluator.evaluate(parseExpression(expression), { root: context });
    } catch (error) {
      if (error instanceof ExpressionError) throw failed('An expression of the response failed');
      throw error;
    }
  }
}

function failed(message: string) {
  return fileProxyFailure('FILE_EXTRACTION_FAILED', message);
}

/** Without path separators and control characters. */
function safeName(name: string | undefined): string {
  const plain = [...(name ?? '').toWellFormed()].filter((character) => !/[\p{Cc}/\\]/u.test(character));
  const short = plain.slice(0, MOST_NAME).join('').trim();
  return /^\.*$/.test(short) ? DEFAULT_NAME : short;
}

function safeType(type: string | undefined): string {
  return type !== undefined && /^[\w.+-]{1,100}\/[\w.+-]{1,100}(;\s*charset=[\w-]{1,40})?$/.test(type)
    ? type
    : DEFAULT_TYPE;
}
