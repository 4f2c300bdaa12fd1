import type { JsonObject } from '../../contract/json-object.ts';
import type { Entity } from '../../entities/index.ts';
import { consumptionOfMeters, type RegisterType } from '../../metering/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import type { PortalAccess } from '../access/index.ts';
import { supplyScope } from './supply.ts';

const LABELS: Readonly<Record<RegisterType, { readonly en: string; readonly de: string }>> = {
  'feed-out': { en: 'Consumption', de: 'Verbrauch' },
  'feed-in': { en: 'Feed-in', de: 'Einspeisung' },
  ht: { en: 'High tariff', de: 'Hochtarif' },
  nt: { en: 'Low tariff', de: 'Niedertarif' },
};

/**
 * How the customer's own consumption is drawn (contract schema `VisualizationMetadata`): a type per kind of register in scope, energy taken
 * stacked and energy fed in beside it, and from when to when there are readings.
 */
export async function chartMetadata(
  queries: TenantQueries,
  access: PortalAccess,
  context: readonly Entity[],
  now: Date,
): Promise<JsonObject> {
  const { meters } = await supplyScope(queries, access, context);
  const question = { from: 0, to: now.getTime(), isByDay: true };
  const registers = await consumptionOfMeters(queries, meters, question);
  const units = new Map(registers.map(({ type, unit }) => [type, unit]));
  const spans = registers.flatMap(({ curve }) => curve.span ?? []);
  return {
    type_options: [...units].map(([type, unit]) => ({
      id: type,
      label: LABELS[type],
      aggregation_group: type === 'feed-in' ? 'feed-in' : 'consumption',
      statistical_method: 'sum',
      ...(unit === undefined ? {} : { unit }),
    })),
    intervals: ['PT15M', 'PT1H', 'P1D', 'P1M', 'P1Y'],
    ...(spans.length === 0 ? {} : { data_range: rangeOf(spans) }),
  };
}

function rangeOf(spans: readonly { readonly from: number; readonly to: number }[]) {
  return {
    from: new Date(Math.min(...spans.map(({ from }) => from))).toISOString(),
    to: new Date(Math.max(...spans.map(({ to }) => to))).toISOString(),
  };
}
