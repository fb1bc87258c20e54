/** What is written down holds: the catalogue of events has what the code tells, and the README's programme is one. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, test } from 'vitest';
import { given } from '../../worker/admin/given.ts';
import { EVENT_CATALOGUE } from '../../worker/docs/event-catalogue.ts';
import { docs } from '../../worker/docs/routes.ts';
import { programmeFlaws } from '../../worker/domain/loyalty/programme-flaws.ts';
import type { AppEnv } from '../../worker/http/app.ts';
import { Programme } from '../../worker/wire/programme.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DOMAIN = join(ROOT, 'worker', 'domain');
/** Whose names are what others send. */
const READERS = [
  'event.ts',
  'event-rules.ts',
  'connections/',
  'consent-reading.ts',
  'earning/compiled.ts',
  'earning/event-points.ts',
  'segments/',
  'vouchers/activity-name.ts',
];
const TITLE = /'((?:VIP|[A-Z][a-z]+)(?: (?:on|[A-Z][a-z]+))+)'/g;

function namesInCode(): string[] {
  const files = globSync('**/*.ts', { cwd: DOMAIN }).filter((path) => !READERS.some((one) => path.startsWith(one)));
  const found = files.flatMap((path) =>
    [...readFileSync(join(DOMAIN, path), 'utf8').matchAll(TITLE)].flatMap((match) => match[1] ?? []),
  );
  return [...new Set(found)].sort();
}

const app = docs(new OpenAPIHono<AppEnv>());

describe('the catalogue of events', () => {
  test('has every name that the domain gives a row, and no other', () => {
    const rows = EVENT_CATALOGUE.filter(({ told }) => told === 'row').map(({ name }) => name);
    expect(rows.toSorted()).toEqual(namesInCode());
  });

  test('names each event once, and each property of an event once', () => {
    const names = EVENT_CATALOGUE.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, properties } of EVENT_CATALOGUE) {
      const own = properties.map((one) => one.name);
      expect(own, name).toEqual([...new Set(own)]);
    }
  });

  test('is a page without script that shows each of them, and the same as JSON', async () => {
    const page = await app.request('/docs/events');
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("'none'"),
    ]);
    const shown = await page.text();
    expect(shown).not.toContain('<script');
    for (const { name } of EVENT_CATALOGUE) expect(shown).toContain(`<h2>${name}</h2>`);
    expect(await (await app.request('/docs/events.json')).json()).toEqual({ events: EVENT_CATALOGUE });
  });
});

test('the programme that the README shows is taken as it stands', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? 'null');
  expect(Programme.safeParse(shown).error).toBeUndefined();
  expect(programmeFlaws(given(Programme.parse(shown)))).toEqual([]);
});
