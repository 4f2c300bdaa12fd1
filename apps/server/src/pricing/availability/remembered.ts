const MOST_RESULTS = 20_000;

/**
 * A pure function of a text that remembers its last results. Availability files say the same few thousand things in two hundred thousand rows, and
 * what is remembered is also stored once only.
 */
export function remembered<Result extends object | string>(
  compute: (text: string) => Result,
): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (results.size >= MOST_RESULTS) results.clear();
    results.set(text, result);
    return result;
  };
}
