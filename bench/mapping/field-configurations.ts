/** Field mappings as integrations write them, half of them JSONata, and the ERP messages they are applied to. */
export interface BenchField {
  readonly attribute: string;
  readonly field?: string;
  readonly jsonataExpression?: string;
}

/** Ten fields of a contract message; `$` paths, names and expressions in the usual mixture. */
const BLOCK: readonly ((n: number) => BenchField)[] = [
  (n) => ({ attribute: `number_${n}`, field: `VERTRAG_${n}` }),
  (n) => ({
    attribute: `status_${n}`,
    jsonataExpression: `STATUS_${n} = 'A' ? 'active' : STATUS_${n} = 'K' ? 'terminated' : 'draft'`,
  }),
  (n) => ({ attribute: `city_${n}`, field: `$.ADRESSE_${n}.ORT` }),
  (n) => ({
    attribute: `start_${n}`,
    jsonataExpression: `BEGINN_${n} != '00000000' ? $substring(BEGINN_${n}, 0, 4) & '-' & $substring(BEGINN_${n}, 4, 2) & '-' & $substring(BEGINN_${n}, 6, 2)`,
  }),
  (n) => ({ attribute: `name_${n}`, field: `NAME_${n}` }),
  (n) => ({
    attribute: `amount_${n}`,
    jsonataExpression: `$round($number($replace($replace(BETRAG_${n}, '.', ''), ',', '.')) * 100)`,
  }),
  (n) => ({ attribute: `note_${n}`, field: `BEMERKUNG_${n}` }),
  (n) => ({
    attribute: `branch_${n}`,
    jsonataExpression: `$lookup({ 'S': 'power', 'G': 'gas', 'W': 'water' }, SPARTE_${n})`,
  }),
  (n) => ({ attribute: `street_${n}`, field: `$.ADRESSE_${n}['STRASSE']` }),
  (n) => ({
    attribute: `label_${n}`,
    jsonataExpression: `ADRESSE_${n}.PLZ & ' ' & ADRESSE_${n}.ORT & ' (' & $uppercase(NAME_${n}) & ')'`,
  }),
];

/** `count` fields, a multiple of ten. */
export function benchFields(count: number): BenchField[] {
  return Array.from({ length: count / BLOCK.length }, (_, n) => BLOCK.map((field) => field(n))).flat();
}

/** A message that fills every field of `benchFields(count)`. */
export function benchPayload(count: number, variant: number): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (let n = 0; n < count / BLOCK.length; n += 1) {
    payload[`VERTRAG_${n}`] = `V-70${variant}${n}`;
    payload[`STATUS_${n}`] = ['A', 'K', 'X'][(variant + n) % 3];
    payload[`ADRESSE_${n}`] = { STRASSE: 'Hafenallee', PLZ: `2499${variant % 10}`, ORT: 'Musterstadt' };
    payload[`BEGINN_${n}`] = variant % 4 === 0 ? '00000000' : `202${variant % 10}0401`;
    payload[`NAME_${n}`] = `Name ${variant}`;
    payload[`BETRAG_${n}`] = `1.${100 + (variant % 800)},50`;
    payload[`BEMERKUNG_${n}`] = '';
    payload[`SPARTE_${n}`] = ['S', 'G', 'F'][variant % 3];
  }
  return payload;
}
