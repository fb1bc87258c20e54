/** What the merchant's API takes for a segment's definition: all that Klaviyo's shows and is known here, and what is ours. */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { renderPage } from '../../worker/docs/page.ts';
import type { Definition } from '../../worker/domain/segments/definition.ts';
import { instantOf } from '../../worker/domain/zoned.ts';
import { SegmentDefinition } from '../../worker/wire/segment-definition.ts';
import { isPublishedAbsent, published } from '../intake/published.ts';
import { app, flawsOf, put } from './definition-api.ts';
import { did, ESPRESSO, KLAVIYOS, OURS, of, trait } from './definitions.ts';
import { fits, named, valuesOf } from './klaviyo-openapi.ts';

type Wire = z.infer<typeof SegmentDefinition>;

/** What Klaviyo's document has, and this does not know. */
const FOREIGN_FILTERS = new Set(['InvalidEmailDateFilter', 'SubscribedSMSIsRcsCapableFilter']);
const FOREIGN_CONDITIONS: [schema: string, field: string, word: string][] = [
  ['ProfilePostalCodeDistanceCondition', 'type', 'profile-postal-code-distance'],
  ['ProfileHasCustomObjectCondition', 'type', 'profile-has-custom-object'],
  ['ProfilePermissionsCondition', 'type', 'profile-permissions'],
  ['SegmentsProfileMetricFunnelCondition', 'type', 'profile-metric-funnel'],
  ['ProfilePredictiveAnalyticsDateCondition', 'dimension', 'expected_date_of_next_purchase'],
  ['ProfilePredictiveAnalyticsStringCondition', 'dimension', 'predicted_gender'],
  ['ProfilePredictiveAnalyticsChannelAffinityPriorityCondition', 'dimension', 'channel_affinity'],
  ['ProfilePredictiveAnalyticsChannelAffinityRankCondition', 'dimension', 'channel_affinity'],
];
const FOREIGN = new Set([
  ...FOREIGN_FILTERS,
  ...FOREIGN_CONDITIONS.map(([schema]) => schema),
  ...['churn_probability', 'predicted_clv', 'predicted_number_of_orders', 'total_clv'],
]);

describe('a definition is taken as it is:', () => {
  it.each(ESPRESSO)('an espresso shot, %s', async (_, definition) => {
    expect(await put(JSON.stringify(definition))).toEqual({ status: 200, body: definition });
  });

  it.each([...KLAVIYOS, ...OURS])('%s', async (_, condition) => {
    expect(await flawsOf(of(condition))).toEqual([]);
  });

  it('and once taken, it is taken again and stays the same', () => {
    const once = SegmentDefinition.parse(of(...[...KLAVIYOS, ...OURS].map(([, condition]) => condition)));
    expect(SegmentDefinition.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it('but for what is null: a text is empty, a filter of an event asks for nothing', () => {
    const told = of(
      trait('city', { type: 'string', operator: 'equals', value: null }),
      did('Seen', { metric_filters: [{ property: 'a', filter: null }, { property: 'b' }] }),
    );
    const kept = of(
      trait('city', { type: 'string', operator: 'equals', value: '' }),
      did('Seen', { metric_filters: [] }),
    );
    expect(SegmentDefinition.parse(told)).toEqual(kept);
  });
});

it('what is taken is what the domain reads, and all of it: the compiler looks', () => {
  expectTypeOf<Wire>().not.toBeAny();
  expectTypeOf<Wire>().toExtend<Definition>();
  expectTypeOf<Definition>().toExtend<Wire>();
});

describe.skipIf(isPublishedAbsent)(`Klaviyo's OpenAPI document, of ${published}:`, () => {
  it.each(ESPRESSO)('an espresso shot fits it, %s', (_, definition) => {
    expect(fits(definition, named('SegmentDefinition'))).toBe(true);
  });

  it.each(KLAVIYOS)('%s fits it', (_, condition) => {
    expect(fits(of(condition), named('SegmentDefinition'))).toBe(true);
  });

  it('is no judge that lets everything through', () => {
    for (const [, condition] of OURS) expect(fits(of(condition), named('SegmentDefinition'))).toBe(false);
  });

  it('whatever fits it and is known here is taken', () => {
    const definitions = valuesOf(named('SegmentDefinition'), FOREIGN);
    const property = fc.property(definitions, (definition) => {
      expect(SegmentDefinition.safeParse(definition).error?.issues ?? []).toEqual([]);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it.each(FOREIGN_CONDITIONS)('%s is refused by its name', (schema, field, word) => {
    const conditions = valuesOf(named(schema), FOREIGN_FILTERS);
    const property = fc.property(conditions, (condition) => {
      const { issues = [] } = SegmentDefinition.safeParse(of(condition)).error ?? {};
      expect(issues.map(({ path }) => path.join('.'))).toEqual([`condition_groups.0.conditions.0.${field}`]);
      expect(issues[0]?.message).toMatch(new RegExp(`^${word} is not known here: `));
    });
    fc.assert(property, { numRuns: 50 });
  });
});

it('every date that is taken is one wherever it is read', () => {
  const dates = fc.oneof(
    fc
      .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
      .map((at) => at.toISOString()),
    fc.stringMatching(/^[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$/),
  );
  const property = fc.property(dates, (date) => {
    const told = of(trait('a', { type: 'date', operator: 'after', date }));
    if (SegmentDefinition.safeParse(told).success) expect(instantOf(date, 'Europe/Berlin')).not.toBeNull();
  });
  fc.assert(property, { numRuns: 2_000 });
});

describe('the OpenAPI document', () => {
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Definitions', version: '1' } });
  const text = JSON.stringify(document);
  const { schemas = {} } = document.components ?? {};

  it('is written, each name once, and every reference leads somewhere', () => {
    const references = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? ''),
    );
    expect([...references].sort()).toEqual(Object.keys(schemas).sort());
    expect(Object.keys(schemas).sort()).toEqual([
      'SegmentCondition',
      'SegmentDateFilter',
      'SegmentDefinition',
      'SegmentFilter',
      'SegmentListFilter',
      'SegmentNumericFilter',
      'SegmentStringFilter',
      'SegmentTimeframe',
    ]);
  });

  it('has groups hold conditions by reference', () => {
    const conditions = JSON.stringify(schemas.SegmentCondition);
    expect(conditions).toContain('"items":{"$ref":"#/components/schemas/SegmentCondition"}');
  });

  it('can be read as a page: the circle ends', () => {
    const tagged = { ...document, tags: [{ name: 'Segments' }] };
    for (const item of Object.values(tagged.paths ?? {})) if (item.put !== undefined) item.put.tags = ['Segments'];
    expect(String(renderPage(tagged))).toContain('condition_groups');
  });

  it('takes it as a field of another body, where it must be given', () => {
    const other = new OpenAPIHono();
    const body = z.strictObject({ name: z.string(), definition: SegmentDefinition });
    other.openAPIRegistry.register('SegmentWrite', body);
    const { components } = other.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Segments', version: '1' } });
    expect(components?.schemas?.SegmentWrite).toMatchObject({
      required: ['name', 'definition'],
      properties: { definition: { $ref: '#/components/schemas/SegmentDefinition' } },
    });
    expect(body.safeParse({ name: 'a' }).error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['definition'], 'must be given, and be an object'],
    ]);
    expect(body.safeParse({ name: 'a', definition: of() }).error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'definition.condition_groups.0.conditions',
    ]);
  });
});
