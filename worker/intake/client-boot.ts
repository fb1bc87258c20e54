/**
 * What browser clients ask for before they send: Segment's of its CDN address, RudderStack's of its control plane. Both
 * are told to send here and to load nothing else. Publishable keys only: these addresses stand in pages and in logs.
 */
import { type AppContext, routes } from '../http/app.ts';
import { onlyMethods } from '../http/method.ts';
import { callerOf } from '../shops/auth.ts';
import { ProblemError } from '../wire/problem.ts';
import { openToPages } from './guards.ts';
import { keyInHeader, keyInQuery } from './write-key.ts';

/** Long enough for a visit, short enough for a key that was replaced. */
const CACHED = { 'Cache-Control': 'public, max-age=60' };
const SETTINGS = '/v1/projects/:key/settings';
const SOURCE_CONFIG = ['/sourceConfig', '/sourceConfig/'];

export const clientBoot = routes();

for (const path of [SETTINGS, ...SOURCE_CONFIG]) openToPages(clientBoot, path);

/** analytics-next: the integration it has built in, pointed back here, so that a page names nothing but `cdnURL`. */
clientBoot.get(SETTINGS, async (c) => {
  const key = c.req.param('key') ?? '';
  if (!(await mayStandInPage(c, key))) throw new ProblemError('not_found');
  const { host, protocol } = new URL(c.req.url);
  const here = { apiKey: key, apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) };
  // a sample of page loads would otherwise report to Segment's own host
  return c.json({ integrations: { 'Segment.io': here }, metrics: { sampleRate: 0 } }, 200, CACHED);
});

/** RudderStack's source of a page: no destinations of its own, no reports to RudderStack. */
for (const path of SOURCE_CONFIG) {
  clientBoot.get(path, async (c) => {
    const key = keyInHeader(c.req.raw) ?? keyInQuery(c.req.raw) ?? '';
    if (!(await mayStandInPage(c, key))) throw new ProblemError('unauthorized');
    const off = { enabled: false };
    const source = {
      id: key,
      name: 'Regulars',
      writeKey: key,
      enabled: true,
      workspaceId: c.get('shop'),
      connections: [],
      destinations: [],
      config: { statsCollection: { errors: off, metrics: off } },
      dataplanes: {},
    };
    return c.json({ source }, 200, CACHED);
  });
}

for (const path of [SETTINGS, ...SOURCE_CONFIG]) clientBoot.all(path, onlyMethods('GET, HEAD, OPTIONS'));

async function mayStandInPage(c: AppContext, key: string): Promise<boolean> {
  const caller = key.startsWith('pk_') ? await callerOf(c.env, key) : null;
  if (caller === null || !caller.key.scopes.includes('events')) return false;
  c.set('shop', caller.shop.id);
  return true;
}
