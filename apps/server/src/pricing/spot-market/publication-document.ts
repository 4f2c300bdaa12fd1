import { parsePayload } from '@busbar/mapping';
import { type Document, isDocument } from '../../entities/index.ts';
import type { PricePoint } from './price-points.ts';
import { pricePoint, SpotPriceError } from './spot-price-source.ts';

const MINUTE = 60_000;
const MINUTES: ReadonlyMap<unknown, number> = new Map([
  ['PT15M', 15],
  ['PT30M', 30],
  ['PT60M', 60],
  ['PT1H', 60],
]);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/;
const AMOUNT = /^-?\d{1,7}(\.\d{1,10})?$/;
/** The documents' code for the daily, day-ahead auction. */
const DAILY = 'A01';
/** A curve of this type leaves out a point whose price is that of the point before; in any other, a point left out is a gap. */
const VARIABLE_BLOCKS = 'A03';
/** With several auctions a day the coupled one comes first; it is the one that market prices mean. */
const COUPLED_AUCTION = '1';

/**
 * The prices in a `Publication_MarketDocument` of day-ahead prices (IEC 62325-451-3, document type A44), versions 7:0 to 7:3, which differ
 * in names that are not read here. Series of other bidding zones, of intraday markets and of further auctions of the day are left out.
 * An `Acknowledgement_MarketDocument` that no data match is a document without prices.
 *
 * @param area the energy identification code (EIC) of the bidding zone
 * @throws SpotPriceError for other acknowledgements, other units than EUR/MWh, and documents that are not as standardised
 */
export function readPublicationDocument(source: string, xml: string, area: string): PricePoint[] {
  const root = parse(source, xml);
  const publication = root['Publication_MarketDocument'];
  if (isDocument(publication)) return elements(publication['TimeSeries']).flatMap(pointsOfSeries);
  const acknowledgement = root['Acknowledgement_MarketDocument'];
  if (!isDocument(acknowledgement)) throw new SpotPriceError(source, 'answered another document than prices');
  const reasons = elements(acknowledgement['Reason']).map(
    (reason) => `${textIn(reason, 'code')} ${textIn(reason, 'text')}`,
  );
  if (reasons.some((reason) => reason.startsWith('999 No matching data found'))) return [];
  throw new SpotPriceError(source, `refused: ${reasons.join('; ').slice(0, 300)}`);

  function pointsOfSeries(series: Document): PricePoint[] {
    const zones = [textIn(series, 'in_Domain.mRID'), textIn(series, 'out_Domain.mRID')];
    const agreement = textIn(series, 'contract_MarketAgreement.type') || DAILY;
    const auction =
      textIn(series, 'classificationSequence_AttributeInstanceComponent.position') || COUPLED_AUCTION;
    if (zones.some((zone) => zone !== area) || agreement !== DAILY || auction !== COUPLED_AUCTION) return [];
    const unit = `${textIn(series, 'currency_Unit.name')}/${textIn(series, 'price_Measure_Unit.name')}`;
    if (unit !== 'EUR/MWH') throw new SpotPriceError(source, `answered prices in ${unit.slice(0, 40)}`);
    const fillsGaps = textIn(series, 'curveType') === VARIABLE_BLOCKS;
    return elements(series['Period']).flatMap((period) => pointsOfPeriod(source, period, fillsGaps));
  }
}

function parse(source: string, xml: string): Document {
  try {
    const root = parsePayload('xml', xml);
    return isDocument(root) ? root : {};
  } catch (cause) {
    throw new SpotPriceError(source, 'answered XML that cannot be read', { cause });
  }
}

function pointsOfPeriod(source: string, period: Document, fillsGaps: boolean): PricePoint[] {
  const [interval = {}] = elements(period['timeInterval']);
  const [start, end] = [instant(source, interval, 'start'), instant(source, interval, 'end')];
  const minutes = MINUTES.get(textIn(period, 'resolution'));
  if (minutes === undefined) throw new SpotPriceError(source, 'answered prices of an unknown resolution');
  const length = minutes * MINUTE;
  const slots = (end - start) / length;
  if (!(slots > 0 && Number.isInteger(slots)))
    throw new SpotPriceError(source, 'answered a period that its resolution does not divide');
  const amounts = amountsByPosition(source, period, slots);
  const points: PricePoint[] = [];
  let price: number | undefined;
  for (let slot = 0; slot < slots; slot += 1) {
    price = amounts.get(slot + 1) ?? (fillsGaps ? price : undefined);
    const begin = start + slot * length;
    if (price !== undefined) points.push(pricePoint(source, begin, begin + length, price));
  }
  return points;
}

function amountsByPosition(source: string, period: Document, slots: number): Map<number, number> {
  const amounts = new Map<number, number>();
  for (const point of elements(period['Point'])) {
    const [position, amount] = [textIn(point, 'position'), textIn(point, 'price.amount')];
    const slot = /^\d{1,6}$/.test(position) ? Number(position) : 0;
    if (slot < 1 || slot > slots || amounts.has(slot) || !AMOUNT.test(amount))
      throw new SpotPriceError(source, `answered a point that is none: ${position} ${amount}`.slice(0, 200));
    amounts.set(slot, Number(amount));
  }
  return amounts;
}

function instant(source: string, interval: Document, name: string): number {
  const text = textIn(interval, name);
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new SpotPriceError(source, 'answered a period without its times');
  return time;
}

/** Child elements of one name; the parser makes a list of several only. */
function elements(value: unknown): Document[] {
  return (Array.isArray(value) ? value : [value]).filter(isDocument);
}

/** The text of a child element, with or without attributes; an empty text where there is none. */
function textIn(parent: Document, name: string): string {
  const child = parent[name];
  const text = isDocument(child) ? child['#text'] : child;
  return typeof text === 'string' ? text : '';
}
