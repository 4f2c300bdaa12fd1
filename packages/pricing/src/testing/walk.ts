/** Calls `visit` with every value inside a JSON-like value and the path that leads to it. */
export function walk(value: unknown, visit: (value: unknown, path: string) => void, path = ''): void {
  visit(value, path);
  if (value === null || typeof value !== 'object') return;
  for (const [key, part] of Object.entries(value)) walk(part, visit, `${path}/${key}`);
}

/** Freezes a value and everything inside it, and returns it. */
export function deepFreeze<T>(value: T): T {
  walk(value, (part) => Object.freeze(part));
  return value;
}
