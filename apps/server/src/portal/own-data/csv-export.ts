import { asObject } from '../../contract/json-object.ts';
import type { Files } from '../../files/index.ts';
import { Refusal } from '../../refusal.ts';
import { csvOf } from './csv.ts';
import type { OwnData, OwnQuestion } from './own-data.ts';

const HEADER = ['Tag', 'Art', 'Verbrauch', 'Einheit', 'Kosten netto', 'Währung'];
const DAYS = new Intl.DateTimeFormat('de-DE', {
  ...{ timeZone: 'Europe/Berlin', day: '2-digit', month: '2-digit', year: 'numeric' },
});

/**
 * Consumption and costs by day as a CSV file, and where to have it for 15 minutes (contract operation `prepareVisualizationExport`). Costs
 * stand in rows of their own, since they belong to a contract and not to a register; without a known tariff there are none.
 */
export async function exportCsv(own: OwnData, files: Files, question: Omit<OwnQuestion, 'interval'>) {
  const asked = { ...question, interval: 'P1D' } as const;
  const rows = [HEADER];
  for (const { timestamp, type, value, unit } of await own.consumption(asked))
    rows.push([dayOf(timestamp), String(type), commaText(value), String(unit ?? ''), '', '']);
  for (const { timestamp, unit_amount_decimal: amount, unit_amount_currency: currency } of await costsOf(
    own,
    asked,
  ))
    rows.push([dayOf(timestamp), 'Kosten', '', '', commaText(amount), String(currency)]);
  const filename = `verbrauch-${question.from.slice(0, 10)}-${question.to.slice(0, 10)}.csv`;
  const wish = { filename, mimeType: 'text/csv; charset=utf-8' };
  const { url, expiresAt } = await files.offer(question.queries, wish, csvOf(rows));
  return { download_url: url, filename, content_type: 'text/csv', expires_at: expiresAt.toISOString() };
}

async function costsOf(own: OwnData, question: OwnQuestion) {
  try {
    return (await own.costs(question)).map(asObject);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return [];
    throw error;
  }
}

function dayOf(timestamp: unknown): string {
  return DAYS.format(new Date(String(timestamp)));
}

function commaText(value: unknown): string {
  return String(value).replace('.', ',');
}
