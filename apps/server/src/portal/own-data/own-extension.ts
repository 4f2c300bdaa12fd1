import type { JsonObject } from '../../contract/json-object.ts';
import type { HookType } from '../hooks/index.ts';

/** The id, as an extension and as an app, under which a portal answers from what is stored here; no app can register it. */
export const OWN_EXTENSION = 'busbar';

/** Intervals that are answered from stored readings; `custom` is one record per pair of readings. */
const INTERVALS = ['PT15M', 'PT1H', 'P1D', 'P1M', 'P1Y'];

const HOOKS: readonly (JsonObject & { readonly type: HookType })[] = [
  {
    id: 'readings',
    type: 'consumptionDataRetrieval',
    name: { en: 'Consumption from meter readings', de: 'Verbrauch aus Zählerständen' },
    intervals: [...INTERVALS, 'custom'],
  },
  {
    id: 'tariff',
    type: 'priceDataRetrieval',
    name: { en: 'Energy price of the contract', de: 'Arbeitspreis des Vertrags' },
    intervals: INTERVALS,
  },
  {
    id: 'costs',
    type: 'costDataRetrieval',
    name: { en: 'Costs from readings and tariff', de: 'Kosten aus Zählerständen und Tarif' },
    intervals: INTERVALS,
  },
  {
    id: 'csv',
    type: 'dataExport',
    name: { en: 'Consumption and costs by day (CSV)', de: 'Verbrauch und Kosten je Tag (CSV)' },
  },
  {
    id: 'chart',
    type: 'visualizationMetadata',
    name: { en: 'Chart of own readings', de: 'Diagramm eigener Zählerstände' },
  },
];

/** The extension that every portal has without an app; its definition names no addresses, because nobody is called. */
export const ownExtension = {
  id: OWN_EXTENSION,
  appId: OWN_EXTENSION,
  definition: {
    id: OWN_EXTENSION,
    app_id: OWN_EXTENSION,
    app_name: 'Busbar',
    name: { en: 'Own data', de: 'Eigene Daten' },
    hooks: [...HOOKS],
  },
};
