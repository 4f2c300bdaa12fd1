import type { JsonObject } from '../../contract/json-object.ts';
import type { Entity } from '../../entities/index.ts';
import { consumptionOfMeters, type RegisterConsumption } from '../../metering/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { BiddingZone, Interval, Period, PricePoint } from '../../pricing/index.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { PortalAccess } from '../access/index.ts';
import { type ChartScope, chartScope } from './chart-scope.ts';
import { consumptionIn, consumptionRecordsOf } from './consumption.ts';
import { costRecords, type PricedSupply } from './costs.ts';
import { priceRecords } from './prices.ts';
import { type Supply, type SupplyScope, supplyScope } from './supply.ts';
import { type Tariff, tariffOf } from './tariff.ts';

/** Where the market's prices come from. */
export interface MarketPrices {
  points(zone: BiddingZone, period: Period): Promise<PricePoint[]>;
}

/** Who asks for which series; the entities of the context have been judged readable. */
export interface OwnQuestion {
  readonly queries: TenantQueries;
  readonly access: PortalAccess;
  readonly context: readonly Entity[];
  /** Instants. */
  readonly from: string;
  readonly to: string;
  readonly interval: ChartScope['interval'];
}

const YEAR = 365 * 86_400_000;
const MILLIONTHS = 1_000_000;

/**
 * Consumption, prices and costs out of what is stored here: meter readings, the contract's prices and the market's. It stands in for the apps
 * that answer such questions elsewhere (spec/portal.md §9.4) and speaks their words.
 */
export class OwnData {
  readonly #market: MarketPrices;
  readonly #clock: Clock;

  constructor(market: MarketPrices, clock: Clock) {
    this.#market = market;
    this.#clock = clock;
  }

  /** Records as a `consumptionDataRetrieval` hook brings them. @throws Refusal 400 for periods too long for the interval */
  async consumption({ queries, access, context, ...asked }: OwnQuestion): Promise<JsonObject[]> {
    const chart = chartScope(asked.from, asked.to, asked.interval);
    const scope = await supplyScope(queries, access, context);
    return consumptionRecordsOf(await consumptionIn(queries, scope, chart), chart);
  }

  /**
   * Records as a `priceDataRetrieval` hook brings them, of one contract.
   * @throws Refusal 404 `TARIFF_NOT_FOUND` when no contract has a known price per kWh; 400 when several have and none is named
   */
  async prices({ queries, access, context, ...asked }: OwnQuestion): Promise<JsonObject[]> {
    const chart = atIntervals(chartScope(asked.from, asked.to, asked.interval));
    const scope = await supplyScope(queries, access, context);
    const [tariff, another] = (await this.#tariffs(queries, scope)).map(([, known]) => known);
    if (!tariff) throw notFound('A tariff with a price per kWh', 'TARIFF_NOT_FOUND');
    if (another) throw invalid({ path: 'query.context_entities', message: 'must name one of the contracts' });
    return priceRecords(tariff, await this.#pointsOf(tariff, chart), chart);
  }

  /** Records as a `costDataRetrieval` hook brings them. @throws Refusal 404 `TARIFF_NOT_FOUND` as `prices` */
  async costs({ queries, access, context, ...asked }: OwnQuestion): Promise<JsonObject[]> {
    const chart = atIntervals(chartScope(asked.from, asked.to, asked.interval));
    const scope = await supplyScope(queries, access, context);
    const tariffs = await this.#tariffs(queries, scope);
    if (tariffs.length === 0) throw notFound('A tariff with a price per kWh', 'TARIFF_NOT_FOUND');
    const registers = (await consumptionIn(queries, scope, chart)).filter(isPaid);
    const supplies: PricedSupply[] = [];
    for (const [{ contract, meterIds }, tariff] of tariffs) {
      const curves = registers.filter(({ meterId }) => meterIds.has(meterId)).map(({ curve }) => curve);
      supplies.push({ contract, tariff, curves, points: await this.#pointsOf(tariff, chart) });
    }
    return costRecords(supplies, chart);
  }

  async #tariffs(queries: TenantQueries, scope: SupplyScope): Promise<[Supply, Tariff][]> {
    const known: [Supply, Tariff][] = [];
    for (const supply of scope.supplies) {
      const yearly = () => this.#yearlyConsumption(queries, scope, supply);
      const tariff = await tariffOf(queries, supply.contract, yearly);
      if (tariff) known.push([supply, tariff]);
    }
    return known;
  }

  async #pointsOf({ followsMarket, zone }: Tariff, period: Period): Promise<readonly PricePoint[]> {
    return followsMarket ? this.#market.points(zone, period) : [];
  }

  /** kWh a year, from the readings of the last three years; 0 where there are none. */
  async #yearlyConsumption(
    queries: TenantQueries,
    scope: SupplyScope,
    { meterIds }: Supply,
  ): Promise<number> {
    const meters = scope.meters.filter(({ meter }) => meterIds.has(meter.id));
    const to = this.#clock.now().getTime();
    const question = { from: to - 3 * YEAR, to, isByDay: true };
    const registers = (await consumptionOfMeters(queries, meters, question)).filter(isPaid);
    return registers.reduce((sum, { curve }) => {
      const { span } = curve;
      const amount = span && curve.between(span.from, span.to);
      return span && amount ? sum + ((Number(amount) / MILLIONTHS) * YEAR) / (span.to - span.from) : sum;
    }, 0);
  }
}

/** Energy taken, in kWh: what contracts charge for. */
function isPaid({ type, unit }: RegisterConsumption): boolean {
  return type !== 'feed-in' && unit === 'kWh';
}

/** Only consumption has records by the periods between readings. */
function atIntervals({ interval, ...period }: ChartScope): Period & { readonly interval: Interval } {
  if (interval === 'custom') throw invalid({ path: 'query.interval', message: 'must not be custom here' });
  return { ...period, interval };
}
