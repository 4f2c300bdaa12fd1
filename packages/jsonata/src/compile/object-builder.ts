/** Builds an object from the values of a fixed list of keys; an undefined value leaves its key out. */
export type ObjectBuilder = (values: readonly unknown[]) => Record<string, unknown>;

/** Patterns of present keys remembered per constructor; ERP data rarely shows more. */
const PATTERNS = 8;
/** Below this many keys assigning one by one is faster. */
const FEW = 13;

interface Pattern {
  readonly present: readonly boolean[];
  readonly template: Readonly<Record<string, unknown>>;
}

/**
 * A builder for the given keys, none of which may be `__proto__`. V8 turns an object into a hash table when more than a
 * dozen members are added under computed names (20 members: 1.3 us instead of 0.4). Copying a template that already has the
 * members avoids that, so one template is kept per pattern of present keys.
 */
export function objectBuilder(keys: readonly string[]): ObjectBuilder {
  if (keys.length < FEW) return (values) => assign({}, keys, values);
  const patterns: Pattern[] = [];
  return (values) => {
    for (const { present, template } of patterns) {
      if (matches(present, values)) return assign({ ...template }, keys, values);
    }
    const result = assign({}, keys, values);
    if (patterns.length < PATTERNS) patterns.push(patternOf(result, values));
    return result;
  };
}

function matches(present: readonly boolean[], values: readonly unknown[]): boolean {
  for (let index = 0; index < values.length; index += 1) {
    if ((values[index] !== undefined) !== present[index]) return false;
  }
  return true;
}

function assign(
  target: Record<string, unknown>,
  keys: readonly string[],
  values: readonly unknown[],
): Record<string, unknown> {
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index];
    const value = values[index];
    if (value !== undefined && key !== undefined) target[key] = value;
  }
  return target;
}

/** Objects read from JSON text keep their members in fixed places, however many there are. */
function patternOf(result: Record<string, unknown>, values: readonly unknown[]): Pattern {
  const names = Object.keys(result).map((key) => `${JSON.stringify(key)}:null`);
  return {
    present: values.map((value) => value !== undefined),
    template: JSON.parse(`{${names.join(',')}}`),
  };
}
