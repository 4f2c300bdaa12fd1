import { attributes, choice, coreSchema, numbers, related, repeatables } from './attribute-kinds.ts';

const METERING = 'metering';

export const meter = coreSchema(
  'meter',
  { name: 'Meter', plural: 'Meters', category: METERING },
  '{{meter_number}}',
  [
    attributes('string', 'meter_number', 'ma_lo_id', 'meter_type', 'tariff_type'),
    choice('sector', 'power', 'gas', 'water', 'district_heating', 'waste_water'),
    choice('status', 'active', 'decommissioned'),
    attributes('string', 'used_for', 'manufacturer', 'location'),
    attributes('date', 'calibration_date'),
    repeatables('address', 'address'),
    related('has_many', 'contract', ['contract'], 'meters'),
    related('has_many', 'customer', ['contact']),
    related('has_many', 'counters', ['meter_counter'], 'meter'),
  ],
);

export const meterCounter = coreSchema(
  'meter_counter',
  { name: 'Meter counter', plural: 'Meter counters', category: METERING },
  '{{obis_number}}',
  [
    attributes('string', 'obis_number', 'unit'),
    choice('direction', 'feed-in', 'feed-out'),
    choice('tariff_type', 'ht', 'nt'),
    numbers('transformer_ratio', 'conversion_factor', 'current_consumption', 'forecast_reading_value'),
    attributes('datetime', 'last_reading', 'forecast_as_of'),
    related('has_one', 'meter', ['meter'], 'counters'),
  ],
);
