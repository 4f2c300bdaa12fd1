import { type Escape, escapeText } from './escaping.ts';
import { enter, kept, member, resolve, rootScope, type Scope, type Sourced, withVariables } from './scope.ts';
import { TemplateError } from './template-error.ts';
import type { TemplateLimits } from './template-limits.ts';
import type { BlockNode, ConditionNode, EnvironmentNode, TemplateNode } from './template-tree.ts';

/** Rendered text, and the placeholders that somebody else must fill. */
export type RenderedPart = string | EnvironmentNode;

/**
 * Renders a tree.
 * @param context plain data; only own properties are seen
 * @returns text with placeholders in between, never two texts in a row
 * @throws TemplateError `TOO_MANY_STEPS`, `OUTPUT_TOO_LARGE`, `TOO_DEEP`
 */
export function interpret(
  nodes: readonly TemplateNode[],
  context: unknown,
  escaping: Escape,
  limits: TemplateLimits,
): readonly RenderedPart[] {
  const interpreter = new Interpreter(escaping, limits);
  interpreter.run(nodes, rootScope(context));
  return interpreter.finish();
}

class Interpreter {
  readonly #escaping: Escape;
  readonly #limits: TemplateLimits;
  readonly #parts: RenderedPart[] = [];
  #text = '';
  #room: number;
  #steps: number;

  constructor(escaping: Escape, limits: TemplateLimits) {
    this.#escaping = escaping;
    this.#limits = limits;
    this.#room = limits.outputLength;
    this.#steps = limits.steps;
  }

  finish(): readonly RenderedPart[] {
    if (this.#text !== '') this.#parts.push(this.#text);
    this.#text = '';
    return this.#parts;
  }

  run(nodes: readonly TemplateNode[], scope: Scope): void {
    for (const node of nodes) this.#runNode(node, scope);
  }

  #runNode(node: TemplateNode, scope: Scope): void {
    this.#step();
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        break;
      case 'value':
        this.#writeValue(resolve(node.operand, scope), node.raw);
        break;
      case 'environment':
        this.#placeholder(node);
        break;
      case 'condition':
        this.run(holds(node, scope) ? node.body : node.otherwise, kept(scope));
        break;
      case 'each':
        this.#each(node, resolve(node.operand, scope), scope);
        break;
      case 'with':
        this.#with(node, resolve(node.operand, scope), scope);
        break;
      case 'section':
        this.#section(node, resolve(node.operand, scope), scope);
    }
  }

  #with(node: BlockNode, subject: Sourced, scope: Scope): void {
    if (isEmpty(subject.value)) this.run(node.otherwise, kept(scope));
    else this.run(node.body, enter(scope, subject, node.names, [subject]));
  }

  /** `{{#name}}` without a helper of that name: a condition, a loop or a change of context, as the value has it. */
  #section(node: BlockNode, subject: Sourced, scope: Scope): void {
    const { value } = subject;
    if (value === true) this.run(node.body, kept(scope));
    else if (value === false || value === null || value === undefined) this.run(node.otherwise, kept(scope));
    else if (Array.isArray(value)) this.#each(node, subject, scope);
    else this.run(node.body, enter(scope, subject, [], []));
  }

  #each(node: BlockNode, subject: Sourced, scope: Scope): void {
    const keys = keysOf(subject.value);
    if (keys.length === 0) this.run(node.otherwise, kept(scope));
    const from = (value: unknown): Sourced => ({ value, path: subject.path });
    for (const [index, key] of keys.entries()) {
      this.#step();
      const item = { value: member(subject.value, String(key)), path: [...subject.path, String(key)] };
      const inner = enter(scope, item, node.names, [item, from(key)]);
      const variables = {
        index: from(index),
        key: from(key),
        first: from(index === 0),
        last: from(index === keys.length - 1),
      };
      this.run(node.body, withVariables(inner, variables));
    }
  }

  #writeValue({ value, path }: Sourced, raw: boolean): void {
    const text = this.#toText(value, 0);
    if (text === '') return;
    // Before escaping, so that a huge value costs nothing; the escaped text is counted again on writing.
    this.#checkRoom(text.length);
    this.#write(escapeText(this.#escaping, text, path, raw));
  }

  /** As JavaScript would, for plain data, but without calling anything the data brings along. */
  #toText(value: unknown, level: number): string {
    this.#step();
    if (typeof value === 'string') return value;
    if (value === null || value === undefined || typeof value === 'function' || typeof value === 'symbol')
      return '';
    if (typeof value !== 'object') return String(value);
    if (!Array.isArray(value)) return '[object Object]';
    if (level > this.#limits.depth)
      throw new TemplateError('TOO_DEEP', 'A list is nested too deep to be written');
    let text = '';
    for (const [index, item] of value.entries()) {
      text += (index === 0 ? '' : ',') + this.#toText(item, level + 1);
      this.#checkRoom(text.length);
    }
    return text;
  }

  #placeholder(node: EnvironmentNode): void {
    if (this.#text !== '') this.#parts.push(this.#text);
    this.#text = '';
    this.#parts.push(node);
  }

  #write(text: string): void {
    this.#checkRoom(text.length);
    this.#room -= text.length;
    this.#text += text;
  }

  #checkRoom(length: number): void {
    if (length <= this.#room) return;
    throw new TemplateError(
      'OUTPUT_TOO_LARGE',
      `The output has more than ${this.#limits.outputLength} characters`,
    );
  }

  #step(): void {
    this.#steps -= 1;
    if (this.#steps >= 0) return;
    throw new TemplateError('TOO_MANY_STEPS', `Rendering takes more than ${this.#limits.steps} steps`);
  }
}

function holds({ operand, negated, includeZero }: ConditionNode, scope: Scope): boolean {
  const { value } = resolve(operand, scope);
  const present = !isEmpty(value) && (includeZero || value !== 0);
  return present !== negated;
}

/** Nothing, false, NaN, the empty text or the empty list. 0 is not empty; `if` decides about it. */
function isEmpty(value: unknown): boolean {
  return (!value && value !== 0) || (Array.isArray(value) && value.length === 0);
}

/** Indexes of a list without its holes, names of an object; nothing for everything else. */
function keysOf(value: unknown): readonly (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()].filter((index) => index in value);
  return value !== null && typeof value === 'object' ? Object.keys(value) : [];
}
