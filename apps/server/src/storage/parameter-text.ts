/** A bound value as PostgreSQL reads it in text form, whatever the parameter's type; objects become JSON. The counterpart of row-values.ts. Throws for what has no such form. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(itemText).join(',')}}`;
  if (typeof value === 'object' && !ArrayBuffer.isView(value)) return JSON.stringify(value);
  throw new TypeError('A statement cannot bind bytes, functions or symbols');
}

function itemText(item: unknown): string {
  if (Array.isArray(item)) return parameterText(item) ?? 'NULL';
  const text = parameterText(item);
  if (text === null) return 'NULL';
  return text.includes('"') || text.includes('\\')
    ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    : `"${text}"`;
}
