/**
 * What one expression may cost. Text length is spec erp-integration §2.4; the rest follows from "a compiled expression
 * must not hold the event loop": a step is about one visited syntax node (5-30 ns), so two million are well under 0.1 s.
 */
export const LIMITS = {
  /** UTF-16 units of source text. */
  sourceLength: 15_000,
  /** Nodes of the syntax tree; the parser copies operands of `?:` and `??`, so the tree can outgrow the text. */
  syntaxNodes: 20_000,
  /** Nesting of the syntax tree. */
  syntaxDepth: 200,
  /** Milliseconds the parser may take for a text that copies operands. */
  parseMs: 250,
  /** Steps of one compiled evaluation. */
  steps: 2_000_000,
  /** Bytes one compiled evaluation may allocate in all, garbage included; an estimate, not a measurement. */
  bytes: 64 * 1024 * 1024,
  /** UTF-16 units of one string. */
  stringLength: 4 * 1024 * 1024,
  /** Nesting of a result. */
  resultDepth: 256,
  /** Parsed expressions kept, and the sum of their texts: a compiled one takes some 100 bytes per character. */
  cachedExpressions: 2_000,
  cachedCharacters: 1_000_000,
} as const;
