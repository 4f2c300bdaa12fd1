/** Selectors of the test grammar; filters have examples instead. */
type PlainSelector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'wildcard' }
  | {
      readonly kind: 'slice';
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number;
    };

interface PlainSegment {
  readonly descendant: boolean;
  readonly selectors: readonly PlainSelector[];
}

/**
 * RFC 9535 by the letter and without any care for speed: writes the path and lists the nodes it names. The oracle the
 * compiled paths are tested against.
 */
export function selectPlainly(document: unknown, segments: readonly PlainSegment[]) {
  let nodes: unknown[] = [document];
  let path = '$';
  for (const { descendant, selectors } of segments) {
    path += `${descendant ? '..' : ''}[${selectors.map(write).join(', ')}]`;
    const sources = descendant ? nodes.flatMap(withDescendants) : nodes;
    nodes = sources.flatMap((node) => selectors.flatMap((selector) => pick(node, selector)));
  }
  return { path, nodes };
}

function write(selector: PlainSelector): string {
  if (selector.kind === 'name') return `'${selector.name}'`;
  if (selector.kind === 'index') return String(selector.index);
  if (selector.kind === 'wildcard') return '*';
  return `${selector.start ?? ''}:${selector.end ?? ''}:${selector.step}`;
}

function children(node: unknown): unknown[] {
  return typeof node === 'object' && node !== null ? Object.values(node) : [];
}

function withDescendants(node: unknown): unknown[] {
  return [node, ...children(node).flatMap(withDescendants)];
}

function pick(node: unknown, selector: PlainSelector): unknown[] {
  if (selector.kind === 'wildcard') return children(node);
  if (selector.kind === 'name') {
    if (Array.isArray(node)) return [];
    return Object.entries(Object(node)).flatMap(([name, value]) => (name === selector.name ? [value] : []));
  }
  if (!Array.isArray(node)) return [];
  if (selector.kind === 'index')
    return node.slice(selector.index).slice(0, selector.index < -node.length ? 0 : 1);
  return slice(node, selector.start, selector.end, selector.step);
}

/** The pseudo code of RFC 9535 §2.3.4.2.2. */
function slice(list: unknown[], start: number | undefined, end: number | undefined, step: number): unknown[] {
  const length = list.length;
  const normalise = (at: number): number => (at >= 0 ? at : length + at);
  const clamp = (at: number, low: number, high: number): number => Math.min(Math.max(at, low), high);
  const picked: unknown[] = [];
  if (step > 0) {
    const lower = clamp(normalise(start ?? 0), 0, length);
    const upper = clamp(normalise(end ?? length), 0, length);
    for (let at = lower; at < upper; at += step) picked.push(list[at]);
  }
  if (step < 0) {
    const upper = clamp(normalise(start ?? length - 1), -1, length - 1);
    const lower = clamp(end === undefined ? -1 : normalise(end), -1, length - 1);
    for (let at = upper; lower < at; at += step) picked.push(list[at]);
  }
  return picked;
}
