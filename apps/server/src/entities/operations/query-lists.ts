/** A query list that the contract writes with commas (`explode: false`); slugs and activity types contain none. Undefined when not sent. */
export function listParameter(values: readonly unknown[] | undefined): string[] | undefined {
  return values?.flatMap((value) => String(value).split(',')).filter((value) => value !== '');
}
