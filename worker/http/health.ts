/** Whether the process answers, and whether everything it needs does. */

import { remote } from '../storage/remote.ts';
import { within } from '../time/deadline.ts';
import { type AppContext, routes } from './app.ts';

const READY_MS = 1_000;

export const health = routes();

health.get('/healthz', (c) => c.json({ ok: true }));

health.get('/readyz', async (c) => {
  const parts = {
    secrets: () => secrets(c),
    copies: () => copies(c),
    objects: () => objects(c),
  };
  const checks = Object.entries(parts).map(async ([name, check]) => [name, await passes(check)] as const);
  const found = Object.fromEntries(await Promise.all(checks));
  const ok = Object.values(found).every((passed) => passed);
  return c.json({ ok, ...found }, ok ? 200 : 503);
});

async function passes(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await within(READY_MS, check(), () => false);
  } catch {
    return false;
  }
}

async function secrets(c: AppContext): Promise<boolean> {
  return (c.env.ROOT_SECRET ?? '').length >= 43 && (c.env.OPERATOR_TOKEN ?? '').length >= 24;
}

async function copies(c: AppContext): Promise<boolean> {
  await c.env.DB.prepare('SELECT shop FROM shop LIMIT 1').all();
  return true;
}

/** Reads an object that was never written: it answers, and makes nothing. */
async function objects(c: AppContext): Promise<boolean> {
  return (await remote(c.env.SHOP, 'shop:ready').snapshot()) === null;
}
