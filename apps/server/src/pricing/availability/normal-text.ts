const COUNTRIES: Readonly<Record<string, string>> = {
  ...{ germany: 'de', deutschland: 'de', austria: 'at', osterreich: 'at' },
  ...{ switzerland: 'ch', schweiz: 'ch' },
};

/** Names of places as they are compared: case, accents, blanks, hyphens and the spelling of "Straße" do not count (spec/pricing.md B8). */
export function normalText(text: string): string {
  const lower = text.trim().toLowerCase().replaceAll('ß', 'ss');
  return (/[^ -~]/.test(lower) ? withoutAccents(lower) : lower)
    .replace(/strasse|str\./g, 'str')
    .replace(/[\s-]/g, '');
}

function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}

/** A country as it is compared: its ISO code; DE, AT and CH are known by name too. */
export function normalCountry(text: string): string {
  const name = normalText(text);
  return COUNTRIES[name] ?? name;
}

/** A postal code as it is compared. */
export function normalPostalCode(text: string): string {
  return text.replace(/\s/g, '').toLowerCase();
}
