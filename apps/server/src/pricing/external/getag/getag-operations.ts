import type { BodyOf, Operations } from '../../../contract/operation-types.ts';
import type { Document } from '../../../entities/index.ts';
import { countAttempt } from '../../../identity/index.ts';
import type { Clock } from '../../../ports/index.ts';
import type { TenantQueries } from '../../../storage/index.ts';
import { invalidPayload } from '../../invalid-payload.ts';
import type { PricingPlatform } from '../../platform.ts';
import { Signatures } from '../../signature.ts';
import type { IntegrationId } from '../credentials.ts';
import { PARTNER_QUESTIONS, type Partners } from '../partner.ts';
import { artificialGrid, type GridQuestion } from './artificial-grid.ts';
import { priceOfGrid } from './grid-fees.ts';
import { type EnergyType, readGridFees, readProviders, readStreets } from './partner-answers.ts';

/** Grid operators, streets and grid fees of a partner, signed where a browser carries them on (spec/pricing.md B14-B16). */
export function getagOperations(platform: PricingPlatform, partners: Partners): Operations<'pricing'> {
  const signatures = new Signatures(platform);

  const ask = async (tenant: TenantQueries, asked: GridQuestion, question: Document, type: EnergyType) =>
    platform.artificialGrid === true && (await partners.isWithoutAddress(tenant, 'getag'))
      ? artificialGrid(asked, type, question)
      : partners.ask(tenant, 'getag', asked, question);

  return {
    async $searchProviders({ tenant, parameters, body, ip }) {
      requireGetag(parameters.integrationId);
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, platform.clock.now());
      const { type, postal_code, city, street, street_number } = body;
      const question = { type, postal_code, city, street, street_number };
      const answer = await ask(tenant, 'providers', question, type);
      return readProviders(answer, type).map((provider) =>
        signatures.signed(tenant.org, 'provider', provider),
      );
    },

    async $searchStreets({ tenant, parameters, body, ip }) {
      requireGetag(parameters.integrationId);
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, platform.clock.now());
      const { postal_code, city } = body;
      return readStreets(await ask(tenant, 'streets', { postal_code, city }, 'power'));
    },

    async $computePrice({ tenant, parameters, body, ip }) {
      requireGetag(parameters.integrationId);
      await countAttempt(tenant, PARTNER_QUESTIONS, ip, platform.clock.now());
      if (!body) throw invalidPayload('Invalid payload', 'body: is required');
      const consumptionHt = body.consumption_HT ?? body.consumption;
      const { consumption_NT: consumptionNt, billing_period: billingPeriod = 'monthly' } = body;
      refuseNegative('body.consumption_HT', consumptionHt);
      refuseNegative('body.consumption_NT', consumptionNt);
      const answer = await ask(tenant, 'fees', questionOf(body, platform.clock), body.type);
      const price = priceOfGrid(readGridFees(answer), {
        consumptionHt: consumptionHt ?? 0,
        consumptionNt,
        billingPeriod,
      });
      const inputs = { ...inputsOf(body), ...given('consumptionHT', consumptionHt), billingPeriod };
      return signatures.signed(tenant.org, 'compute-price', { ...price, inputs });
    },
  };
}

function requireGetag(integration: IntegrationId): void {
  if (integration !== 'getag')
    throw invalidPayload('Invalid payload', 'parameters.integrationId: must be getag');
}

function refuseNegative(path: string, consumption: number | undefined): void {
  if (consumption !== undefined && consumption < 0)
    throw invalidPayload('Invalid payload', `${path}: must be >= 0`);
}

type Question = NonNullable<BodyOf<'pricing', '$computePrice'>>;

/** What fees depend on: everything but amounts, which are ours to compute. */
function questionOf(body: Question, clock: Clock): Record<string, unknown> {
  return {
    type: body.type,
    postal_code: body.postal_code,
    consumption_HT: body.consumption_HT ?? body.consumption,
    consumption_NT: body.consumption_NT,
    consumption_type: body.consumption_type ?? 'household',
    association_id: body.association_id,
    reference_date: body.reference_date ?? todayInGermany(clock),
    ...('meter_type' in body ? { meter_type: body.meter_type } : {}),
    ...('concession_type' in body ? { concession_type: body.concession_type } : {}),
  };
}

function inputsOf(body: Question) {
  return {
    type: body.type,
    zipCode: body.postal_code,
    consumptionType: body.consumption_type ?? ('household' as const),
    ...given('consumptionNT', body.consumption_NT),
    ...given('city', body.city),
    ...given('providerId', body.association_id),
    ...given('referenceDate', body.reference_date),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]?: Value });
}

/** Grid fees change at midnight where the grid is. */
function todayInGermany(clock: Clock): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(clock.now());
}
