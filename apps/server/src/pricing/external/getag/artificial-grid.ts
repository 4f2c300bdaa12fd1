import type { Document } from '../../../entities/index.ts';
import type { EnergyType } from './partner-answers.ts';

/** What a partner is asked about grids. */
export type GridQuestion = 'providers' | 'streets' | 'fees';

const FEES = {
  power: {
    static: { basic_fee: '90', metering_reading_fee: '12' },
    variable_ht: {
      power_kwh_ht: '0.08',
      concession: '0.015',
      offshore_liability_fee: '0.008',
      power_tax: '0.02',
    },
    variable_nt: {
      power_kwh_nt: '0.04',
      concession: '0.006',
      offshore_liability_fee: '0.008',
      power_tax: '0.02',
    },
  },
  gas: {
    static: { basic_fee: '60', metering_reading_fee: '15' },
    variable_ht: {
      grid_fee: '0.018',
      concession: '0.0003',
      gas_storage: '0.003',
      gas_tax: '0.0055',
      co2: '0.01',
    },
  },
} as const;

/**
 * Answers as a partner would, for development without one: the same invented grid everywhere, with round fees and names that say so
 * (spec/pricing.md B16). Postal codes that are no five digits have neither grid nor streets.
 */
export function artificialGrid(
  asked: GridQuestion,
  type: EnergyType,
  { postal_code: code }: Document,
): unknown {
  if (asked === 'fees') return FEES[type];
  if (typeof code !== 'string' || !/^\d{5}$/.test(code)) return [];
  if (asked === 'streets') return ['Musterstraße', 'Beispielweg', 'Demoallee'].map((street) => ({ street }));
  const name = `Example grid ${code}`;
  return [
    {
      name,
      code: `example-${type}-${code}`,
      additionalData: {
        gridOperators: [{ name, codeNumber: '0000000000000' }],
        defaultSuppliers: [{ name: `Example supplier ${code}`, codeNumber: '0000000000001' }],
        marketAreaDetails:
          type === 'power' ? { controlZone: 'EXAMPLE' } : { gasType: 'H-Gas', marketArea: 'EXAMPLE' },
      },
    },
  ];
}
