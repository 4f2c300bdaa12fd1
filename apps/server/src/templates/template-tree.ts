/** A template after parsing: only what we interpret, in a form that cannot hold anything else. */
export type TemplateNode = TextNode | ValueNode | EnvironmentNode | ConditionNode | BlockNode;

export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
}

export interface ValueNode {
  readonly kind: 'value';
  readonly operand: Operand;
  /** Written `{{{x}}}` or `{{&x}}`: HTML escaping is off. */
  readonly raw: boolean;
}

/** `{{env.key}}`, replaced after rendering by somebody who may know the value. */
export interface EnvironmentNode {
  readonly kind: 'environment';
  readonly key: string;
}

/** `if` and `unless`. */
export interface ConditionNode {
  readonly kind: 'condition';
  readonly operand: Operand;
  readonly negated: boolean;
  /** `includeZero=true`: the number 0 counts as a value. */
  readonly includeZero: boolean;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

/** `each`, `with`, and the section `{{#name}}` that behaves like one or the other depending on the value. */
export interface BlockNode {
  readonly kind: 'each' | 'with' | 'section';
  readonly operand: Operand;
  /** Names given with `as |value key|`. */
  readonly names: readonly string[];
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

export type Operand = LiteralOperand | PathOperand;

export interface LiteralOperand {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null | undefined;
}

export interface PathOperand {
  readonly kind: 'path';
  /** Starts with `@`. */
  readonly data: boolean;
  /** How many `../`. */
  readonly depth: number;
  readonly parts: readonly string[];
  /** Written `this.x` or `./x`: names given with `as` do not apply. */
  readonly scoped: boolean;
}
