/**
 * JSON with one spelling per value, so that both sides of a signature hash the same text: members sorted by code unit, no blanks, lists in
 * order, members without a value absent (spec/pricing.md B0.5).
 * @throws TypeError for what is not JSON, such as a function or a cycle
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(value) ?? 'null')));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // A null prototype, so that a member called __proto__ stays a member.
  const result: Record<string, unknown> = Object.create(null);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [name, member] of members) result[name] = sorted(member);
  return result;
}
