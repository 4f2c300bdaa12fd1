import { type Document, isDocument } from '../../../entities/index.ts';
import { documentsOf, textOf } from '../../documents.ts';
import { partnerFailed } from '../partner.ts';
import type { GridFees } from './grid-fees.ts';

const DECIMAL = /^-?\d{1,9}(\.\d{1,12})?$/;
const AREA = {
  power: ['controlZone', 'balancingZone'],
  gas: ['gasType', 'marketArea', 'virtualTradingPoint'],
} as const;

export type EnergyType = keyof typeof AREA;

/** A grid participant (contract schema `MarketParticipant`); dates are `YYYY-MM-DD`. */
interface Participant {
  readonly name: string;
  readonly codeNumber: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
}

/** Who operates and supplies a place (contract schema `Provider`). */
export interface GridProvider {
  readonly name: string;
  readonly code: string;
  readonly type: EnergyType;
  readonly additionalData: {
    readonly gridOperators: readonly Participant[];
    readonly defaultSuppliers: readonly Participant[];
    readonly marketAreaDetails: Readonly<Record<string, string>>;
  };
}

/** Reads the partner's providers. @throws Refusal 502 `PARTNER_FAILED` for an answer of another shape */
export function readProviders(answer: unknown, type: EnergyType): GridProvider[] {
  return listIn(answer).map((provider) => {
    const data = isDocument(provider['additionalData']) ? provider['additionalData'] : {};
    const area = isDocument(data['marketAreaDetails']) ? data['marketAreaDetails'] : {};
    const details = AREA[type].flatMap((name) => {
      const text = textOf(area[name]);
      return text === undefined ? [] : [[name, text] as const];
    });
    return {
      name: required(provider, 'name'),
      code: required(provider, 'code'),
      type,
      additionalData: {
        gridOperators: documentsOf(data['gridOperators']).map(readParticipant),
        defaultSuppliers: documentsOf(data['defaultSuppliers']).map(readParticipant),
        marketAreaDetails: Object.fromEntries(details),
      },
    };
  });
}

/** Reads street names: each once, in German order (spec/pricing.md B15). @throws Refusal 502 `PARTNER_FAILED` */
export function readStreets(answer: unknown): { street: string }[] {
  const names = new Set(listIn(answer).map((item) => required(item, 'street').trim()));
  return [...names].sort(new Intl.Collator('de').compare).map((street) => ({ street }));
}

/**
 * Reads the fees of a place: `{ static, variable_ht, variable_nt? }`, maps from fee name to a decimal text in EUR, per year or per kWh. Names
 * that we do not know pass (spec/pricing.md B16).
 * @throws Refusal 502 `PARTNER_FAILED`
 */
export function readGridFees(answer: unknown): GridFees {
  if (!isDocument(answer)) throw unusable();
  return {
    static: readFees(answer['static']),
    variableHt: readFees(answer['variable_ht']),
    variableNt: answer['variable_nt'] === undefined ? new Map() : readFees(answer['variable_nt']),
  };
}

function readFees(fees: unknown): Map<string, string> {
  if (!isDocument(fees)) throw unusable();
  return new Map(
    Object.entries(fees).map(([name, fee]) => {
      if (typeof fee !== 'string' || !DECIMAL.test(fee)) throw unusable();
      return [name, fee];
    }),
  );
}

function readParticipant(participant: Document): Participant {
  const from = dateOf(participant['validFrom']);
  const until = dateOf(participant['validUntil']);
  return {
    name: required(participant, 'name'),
    codeNumber: required(participant, 'codeNumber'),
    ...(from === undefined ? {} : { validFrom: from }),
    ...(until === undefined ? {} : { validUntil: until }),
  };
}

function dateOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
}

function listIn(answer: unknown): Document[] {
  if (!Array.isArray(answer) || !answer.every(isDocument)) throw unusable();
  return answer;
}

function required(document: Document, member: string): string {
  const text = textOf(document[member]);
  if (text === undefined) throw unusable();
  return text;
}

function unusable() {
  return partnerFailed('The partner gave an answer that cannot be used');
}
