import { ExpressionError } from '../expression-error.ts';
import { toExpressionError } from '../runtime/runtime-error.ts';
import { isRecord } from '../values/json.ts';
import { plainResult } from '../values/result.ts';
import { LinearRegExp } from './linear-regex.ts';
import type { Batch, Job, Reply } from './protocol.ts';
import { prepareReference, type ReferenceExpression } from './reference-expression.ts';

/**
 * The process untrusted expressions run in. It holds no secrets, has no functions but JSONata's own and is killed from outside
 * when it does not answer in time; its limits only make most stops gentler than that.
 */

/** After this many milliseconds the rest of a batch goes back, so that other tenants get their turn. */
const BATCH_MS = 50;
const KEPT_EXPRESSIONS = 200;
/** Nested evaluations (spec erp-integration §2.4) and elements of one sequence. */
const MAX_DEPTH = 200;
const MAX_SEQUENCE = 1_000_000;
/** Visited values of one result. */
const MAX_RESULT = 2_000_000;

const prepared = new Map<string, ReferenceExpression>();

/** An expression in data would escape every check made on the text of this one. */
function refuseEval(): never {
  throw new ExpressionError('EXPRESSION_RUNTIME', '$eval is not available', { token: 'eval' });
}

function prepare(source: string, timeoutMs: number): ReferenceExpression {
  const known = prepared.get(source);
  if (known !== undefined) return known;
  if (prepared.size >= KEPT_EXPRESSIONS) prepared.clear();
  const options = { RegexEngine: LinearRegExp, timeout: timeoutMs, stack: MAX_DEPTH, sequence: MAX_SEQUENCE };
  const expression = prepareReference(source, options, { eval: refuseEval });
  prepared.set(source, expression);
  return expression;
}

async function evaluate(job: Job, timeoutMs: number): Promise<Reply> {
  try {
    const raw = await prepare(job.source, timeoutMs).evaluate(job.scope);
    let left = MAX_RESULT;
    const value = plainResult(raw, (units) => {
      left -= units;
      if (left < 0) throw new ExpressionError('EXPRESSION_LIMIT', 'The result is too large');
    });
    return { kind: 'result', id: job.id, json: JSON.stringify(value) };
  } catch (thrown) {
    return failure(job.id, toExpressionError(thrown));
  }
}

function failure(id: number, error: ExpressionError): Reply {
  const { code, message, position, token, jsonataCode } = error;
  return {
    kind: 'error',
    id,
    code,
    message,
    detail: {
      ...(position === undefined ? {} : { position }),
      ...(token === undefined ? {} : { token }),
      ...(jsonataCode === undefined ? {} : { jsonataCode }),
    },
  };
}

async function work({ jobs, timeoutMs }: Batch): Promise<void> {
  const started = performance.now();
  for (const job of jobs) {
    answer(await evaluate(job, timeoutMs));
    if (performance.now() - started > BATCH_MS) break;
  }
  answer({ kind: 'free' });
}

function answer(reply: Reply): void {
  process.send?.(reply);
}

function isBatch(message: unknown): message is Batch {
  return isRecord(message) && Array.isArray(message.jobs) && typeof message.timeoutMs === 'number';
}

process.on('message', (message: unknown) => {
  if (isBatch(message)) void work(message);
});
process.on('disconnect', () => process.exit());
answer({ kind: 'free' });
