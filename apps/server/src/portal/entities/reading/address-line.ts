import { type Document, isDocument } from '../../../entities/index.ts';

/** An address in one line, `Porscheplatz 1, 70435 Stuttgart, Germany`; parts that are missing leave no trace. */
export function addressLine(address: Document): string {
  const text = (name: string) =>
    typeof address[name] === 'string' || typeof address[name] === 'number' ? String(address[name]) : '';
  const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');
  const lines = [
    join(text('street'), text('street_number')),
    join(text('postal_code'), text('city')),
    text('country'),
  ];
  return lines.filter((line) => line !== '').join(', ');
}

/** The lines of all addresses in some attributes of an entity. */
export function addressLines(shown: Document, attributes: readonly string[]): string[] {
  const values = attributes.flatMap((name): unknown[] => {
    const value = shown[name];
    return Array.isArray(value) ? value : [value];
  });
  return values
    .filter(isDocument)
    .map(addressLine)
    .filter((line) => line !== '');
}
