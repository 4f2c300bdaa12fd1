/** Bounds on what a template from a tenant may cost. */
export interface TemplateLimits {
  /** UTF-16 units of template text. */
  readonly templateLength: number;
  /** Nested blocks, and nested values on output. */
  readonly depth: number;
  /** Nodes evaluated in one rendering. */
  readonly steps: number;
  /** UTF-16 units of output. */
  readonly outputLength: number;
}

/** 64 KiB of template, 32 levels, 100,000 steps, 1 MiB of output. */
export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = {
  templateLength: 65_536,
  depth: 32,
  steps: 100_000,
  outputLength: 1_048_576,
};
