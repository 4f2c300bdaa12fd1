import { refuseBuiltinNames } from '../compile/program.ts';
import { evaluateCompiled } from '../evaluate-compiled.ts';
import { ExpressionError } from '../expression-error.ts';
import type { Expression } from '../parse-expression.ts';
import type { Scope } from '../scope.ts';
import { CageProcess } from './cage-process.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { FairQueue } from './fair-queue.ts';
import type { Reply } from './protocol.ts';

/** The evaluator the rest of the system uses: compiled expressions answer at once, caged ones by promise. */
export interface Evaluator {
  /**
   * The result as plain JSON or undefined. A compiled expression answers synchronously, unless it outgrows its step budget: then
   * it moves to the cage and answers by promise, like caged ones. Throws or rejects with ExpressionError.
   */
  evaluate(expression: Expression, scope: Scope): unknown | Promise<unknown>;
}

/** Bounds of the cage. */
export interface CageOptions {
  /** Processes at most; they start with the first caged expression. Default 2. */
  readonly workers?: number;
  /** Heap of one process in MiB. Default 128. */
  readonly memoryMb?: number;
  /** Wall-clock milliseconds one expression may take (spec erp-integration §2.4). Default 1000. */
  readonly timeoutMs?: number;
  /** Processes one tenant may occupy at a time. Default 1. */
  readonly maxPerTenant?: number;
  /** Evaluations one tenant may have waiting. Default 10 000. */
  readonly maxWaitingPerTenant?: number;
  /** So many kills of one tenant within `breakerWindowMs` refuse its caged expressions for that long. Defaults 5 and 60 000. */
  readonly breakerKills?: number;
  readonly breakerWindowMs?: number;
}

/** Counters since the start, and what is going on now. */
export interface CageStatistics {
  readonly evaluated: number;
  readonly killed: number;
  readonly refused: number;
  readonly waiting: number;
  readonly processes: number;
}

interface Work {
  readonly id: number;
  readonly tenant: string;
  readonly expression: Expression;
  readonly scope: Scope;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ExpressionError) => void;
}

/** A process and what it is busy with; `tenant` is undefined while it has nothing to do. */
interface Cell {
  readonly process: CageProcess;
  ready: boolean;
  tenant: string | undefined;
  /** Sent and not answered yet; the first one is running. */
  works: Work[];
  timer: NodeJS.Timeout | undefined;
  timedOut: boolean;
}

/** Evaluations per message. Few, because each may bring a document of a megabyte and the heap has to hold all of them. */
const BATCH = 8;
const FAILED_STARTS = 3;

/**
 * Runs expressions the compiler does not cover in processes of their own: killed after a time limit, fair between tenants, with
 * a circuit breaker. Nothing is started before the first such expression.
 */
export class ExpressionCage {
  readonly #options: Required<CageOptions>;
  readonly #queue = new FairQueue<Work>();
  readonly #breaker: CircuitBreaker;
  readonly #cells = new Set<Cell>();
  #nextId = 1;
  #evaluated = 0;
  #killed = 0;
  #refused = 0;
  #failedStarts = 0;
  #closed = false;

  constructor(options: CageOptions = {}) {
    this.#options = {
      workers: 2,
      memoryMb: 128,
      timeoutMs: 1_000,
      maxPerTenant: 1,
      maxWaitingPerTenant: 10_000,
      breakerKills: 5,
      breakerWindowMs: 60_000,
      ...options,
    };
    this.#breaker = new CircuitBreaker(this.#options.breakerKills, this.#options.breakerWindowMs);
  }

  /** The evaluator of one tenant. Cheap: make one wherever it is needed. */
  forTenant(tenant: string): Evaluator {
    return {
      evaluate: (expression, scope) => {
        if (expression.mode === 'caged') return this.#submit(tenant, expression, scope);
        try {
          return evaluateCompiled(expression, scope);
        } catch (error) {
          const needsTime = error instanceof ExpressionError && error.code === 'EXPRESSION_TIMEOUT';
          if (needsTime) return this.#submit(tenant, expression, scope);
          throw error;
        }
      },
    };
  }

  statistics(): CageStatistics {
    return {
      evaluated: this.#evaluated,
      killed: this.#killed,
      refused: this.#refused,
      waiting: this.#queue.size,
      processes: this.#cells.size,
    };
  }

  /** Ends all processes; what is running or waiting rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectWaiting('The expression cage is closed');
    const processes = [...this.#cells].map((cell) => cell.process);
    for (const cell of this.#cells) clearTimeout(cell.timer);
    this.#cells.clear();
    await Promise.all(processes.map((process) => process.kill()));
  }

  #submit(tenant: string, expression: Expression, scope: Scope): Promise<unknown> {
    return new Promise((resolve, reject) => {
      refuseBuiltinNames(scope.bindings ?? {});
      this.#requireRoom(tenant);
      this.#queue.push(tenant, { id: this.#nextId, tenant, expression, scope, resolve, reject });
      this.#nextId += 1;
      // In a microtask, so that evaluations asked for together travel together.
      queueMicrotask(() => this.#dispatch());
    });
  }

  #requireRoom(tenant: string): void {
    const reason = this.#closed
      ? 'The expression cage is closed'
      : this.#breaker.isOpen(tenant)
        ? 'Too many expressions of this tenant had to be stopped'
        : this.#queue.sizeOf(tenant) >= this.#options.maxWaitingPerTenant
          ? 'Too many expressions of this tenant are waiting'
          : undefined;
    if (reason === undefined) return;
    this.#refused += 1;
    throw new ExpressionError(this.#closed ? 'EXPRESSION_RUNTIME' : 'EXPRESSION_LIMIT', reason);
  }

  #dispatch(): void {
    for (const cell of this.#cells) {
      if (cell.ready && cell.tenant === undefined) this.#feed(cell);
    }
    const starting = [...this.#cells].filter((cell) => !cell.ready).length;
    const hasRoom = starting === 0 && this.#cells.size < this.#options.workers && !this.#closed;
    if (hasRoom && this.#queue.hasWork((tenant) => this.#mayRun(tenant))) this.#start();
  }

  #mayRun(tenant: string): boolean {
    let running = 0;
    for (const cell of this.#cells) if (cell.tenant === tenant) running += 1;
    return running < this.#options.maxPerTenant;
  }

  #start(): void {
    const cell: Cell = {
      process: new CageProcess(this.#options.memoryMb, {
        replied: (reply) => this.#replied(cell, reply),
        ended: () => this.#ended(cell),
      }),
      ready: false,
      tenant: undefined,
      works: [],
      timer: undefined,
      timedOut: false,
    };
    this.#cells.add(cell);
  }

  #feed(cell: Cell): void {
    const next = this.#queue.take(BATCH, (tenant) => this.#mayRun(tenant));
    if (next === undefined) {
      cell.process.rest();
      return;
    }
    cell.tenant = next.tenant;
    cell.works = [...next.works];
    try {
      const jobs = next.works.map(({ id, expression, scope }) => ({ id, source: expression.source, scope }));
      // The process gets a little less, to stop by itself and stay alive where it can.
      cell.process.send({ jobs, timeoutMs: Math.ceil(this.#options.timeoutMs * 0.9) });
      this.#watch(cell);
    } catch {
      cell.tenant = undefined;
      cell.works = [];
      const error = new ExpressionError('EXPRESSION_RUNTIME', 'The data of an expression must be plain JSON');
      for (const work of next.works) work.reject(error);
      this.#feed(cell);
    }
  }

  /** Starts the clock of the expression that runs now. */
  #watch(cell: Cell): void {
    clearTimeout(cell.timer);
    cell.timer = setTimeout(() => {
      cell.timedOut = true;
      void cell.process.kill();
    }, this.#options.timeoutMs);
  }

  #replied(cell: Cell, reply: Reply): void {
    if (reply.kind === 'free') {
      this.#freed(cell);
      return;
    }
    const index = cell.works.findIndex((work) => work.id === reply.id);
    const [work] = index === -1 ? [] : cell.works.splice(index, 1);
    if (work === undefined) return;
    this.#watch(cell);
    this.#evaluated += 1;
    if (reply.kind === 'error') work.reject(new ExpressionError(reply.code, reply.message, reply.detail));
    else work.resolve(reply.json === undefined ? undefined : JSON.parse(reply.json));
  }

  #freed(cell: Cell): void {
    clearTimeout(cell.timer);
    this.#failedStarts = 0;
    cell.ready = true;
    if (cell.tenant !== undefined) this.#queue.putBack(cell.tenant, cell.works);
    cell.tenant = undefined;
    cell.works = [];
    this.#dispatch();
  }

  /** A process is gone: killed by the clock, by its heap limit or from outside. The running expression pays, the rest goes on. */
  #ended(cell: Cell): void {
    clearTimeout(cell.timer);
    if (!this.#cells.delete(cell)) return;
    const [running, ...rest] = cell.works;
    if (running !== undefined) {
      this.#killed += 1;
      this.#breaker.record(running.tenant);
      running.reject(
        cell.timedOut
          ? new ExpressionError('EXPRESSION_TIMEOUT', 'The expression takes too long')
          : new ExpressionError(
              'EXPRESSION_LIMIT',
              'The expression needs more memory than one evaluation may',
            ),
      );
      this.#queue.putBack(running.tenant, rest);
      if (this.#breaker.isOpen(running.tenant)) this.#refuseWaiting(running.tenant);
    }
    if (!cell.ready) this.#failedStarts += 1;
    if (this.#failedStarts >= FAILED_STARTS) {
      this.#failedStarts = 0;
      this.#rejectWaiting('The expression cage cannot start its processes');
    }
    this.#dispatch();
  }

  #refuseWaiting(tenant: string): void {
    const works = this.#queue.drain(tenant);
    this.#refused += works.length;
    for (const work of works) {
      work.reject(
        new ExpressionError('EXPRESSION_LIMIT', 'Too many expressions of this tenant had to be stopped'),
      );
    }
  }

  #rejectWaiting(reason: string): void {
    const busy = [...this.#cells].flatMap((cell) => (this.#closed ? cell.works.splice(0) : []));
    for (const work of [...busy, ...this.#queue.drainAll()]) {
      work.reject(new ExpressionError('EXPRESSION_RUNTIME', reason));
    }
  }
}
