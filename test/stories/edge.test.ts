/** The local edge is the deployed worker: same bindings, same dates, same routes past the files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS, DATABASE, OBJECTS } from '../../worker/local/edge.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Named here because Wrangler's own type comes from a package that it does not bring along. */
type Config = {
  durable_objects: { bindings: { name: string; class_name: string }[] };
  d1_databases: { binding: string; database_name: string }[];
  compatibility_date: string;
  compatibility_flags: string[];
};
const config: Config = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') });

test('runs with the bindings and the compatibility of wrangler.toml', () => {
  const bindings = config.durable_objects.bindings.map(({ name, class_name }) => [name, class_name]);
  expect({
    objects: Object.fromEntries(bindings),
    databases: config.d1_databases.map(({ binding, database_name }) => ({ binding, name: database_name })),
    date: config.compatibility_date,
    flags: config.compatibility_flags,
  }).toEqual({ objects: OBJECTS, databases: [DATABASE], date: COMPATIBILITY_DATE, flags: COMPATIBILITY_FLAGS });
});

test('serves hub.js to any origin for minutes and its chunks for ever', async () => {
  const loader = await fetch(`${inject('url')}/hub.js`);
  const [chunk = ''] = /\/hub\/drawer-[A-Z0-9]+\.js/.exec(readFileSync(join(ROOT, 'dist/assets/hub.js'), 'utf8')) ?? [];
  const drawer = await fetch(inject('url') + chunk);
  expect([await aboutFile(loader), await aboutFile(drawer)]).toEqual([
    { status: 200, origin: '*', cache: expect.stringContaining('max-age=300') },
    { status: 200, origin: '*', cache: 'public, max-age=31536000, immutable' },
  ]);
});

test('answers a file that is not there with the problem shape', async () => {
  const answer = await fetch(`${inject('url')}/hub/drawer-NOTTHERE.js`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
});

async function aboutFile(answer: Response) {
  await answer.arrayBuffer();
  return {
    status: answer.status,
    origin: answer.headers.get('access-control-allow-origin'),
    cache: answer.headers.get('cache-control'),
  };
}
