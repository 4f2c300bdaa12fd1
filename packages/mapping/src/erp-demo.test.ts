import { readFileSync } from 'node:fs';
import { ExpressionCage } from '@busbar/jsonata';
import { afterAll, describe, expect, it } from 'vitest';
import { compileMapping, type MappingPlan, type MappingResult, mapPayload, parsePayload } from './index.ts';

interface DemoUseCase {
  readonly slug: string;
  readonly type: string;
  readonly configuration: unknown;
}

interface DemoEvent {
  readonly use_case_slug: string;
  readonly format: 'json' | 'xml';
  readonly payload: unknown;
}

function demoFile(name: string): string {
  return readFileSync(new URL(`../golden/erp-demo/${name}`, import.meta.url), 'utf8');
}

const integration: { use_cases: DemoUseCase[] } = JSON.parse(demoFile('integration.json'));
const { batches }: { batches: { events: DemoEvent[] }[] } = JSON.parse(demoFile('events.json'));
const events = batches.flatMap((batch) => batch.events);
const cage = new ExpressionCage();
afterAll(() => cage.close());

const plans = new Map<string, MappingPlan>();
for (const { slug, type, configuration } of integration.use_cases) {
  if (type === 'inbound') plans.set(slug, compileMapping(configuration));
}

async function mapDemoEvent(event: DemoEvent): Promise<MappingResult> {
  const plan = plans.get(event.use_case_slug);
  if (!plan) throw new Error(`No inbound use case ${event.use_case_slug}`);
  const integrationContext = { baseUrl: 'https://proxy.example', orgId: '739224', integrationId: 'i-1' };
  return mapPayload(plan, parsePayload(event.format, event.payload), {
    evaluator: cage.forTenant('demo'),
    integration: integrationContext,
  });
}

async function mapDemo(): Promise<MappingResult[]> {
  const results: MappingResult[] = [];
  for (const event of events) results.push(await mapDemoEvent(event));
  return results;
}

describe('the demo integration of Stadtwerke Musterstadt', () => {
  it('compiles all inbound use cases, the disabled one too', () => {
    expect([...plans.keys()]).toHaveLength(9);
  });

  it('maps all 218 events without a problem', async () => {
    expect(events).toHaveLength(218);
    const results = await mapDemo();
    expect(results.flatMap((result) => result.problems)).toEqual([]);
    const readings = results.flatMap((result) => result.readingUpdates);
    expect(readings.filter(({ reading }) => !reading.ok)).toEqual([]);
    expect(readings.length).toBeGreaterThanOrEqual(171);
    expect(results.flatMap((result) => result.pruneScopes)).toHaveLength(
      events.filter((event) => event.use_case_slug === 'account-statement').length,
    );
  });

  it('builds file proxy URLs with the parameters in configuration order', async () => {
    const event = events.find(({ use_case_slug }) => use_case_slug === 'documents');
    const result = event && (await mapDemoEvent(event));
    expect(result?.entityUpdates[0]?.attributes.custom_download_url).toBe(
      'https://proxy.example/download?orgId=739224&integrationId=i-1&useCaseSlug=document-download&documentId=ARC-2025-000100&archive=HafenArchiv',
    );
  });

  it('leaves events and configurations as they were', async () => {
    await mapDemo();
    expect(JSON.parse(demoFile('events.json'))).toEqual({ batches });
    expect(JSON.parse(demoFile('integration.json'))).toEqual(integration);
  });
});
