/** What an isolate remembers of the Directory: bounded, and never in the way of an answer. */
import { expect, test } from 'vitest';
import { resolveAll } from '../../worker/directory/cache.ts';
import type { ResolveCall } from '../../worker/directory/directory.ts';
import type { Subject } from '../../worker/directory/match.ts';
import type { Env } from '../../worker/env.ts';
import type { ShopSnapshot } from '../../worker/shops/settings.ts';

/** A Directory that names each customer after its user, and counts whom it is asked for. */
function directory() {
  const asked: string[] = [];
  const nameOf = (subject: Subject) => subject.identifiers[0]?.value ?? '';
  const resolve = async ({ subjects }: ResolveCall) => {
    asked.push(...subjects.map(nameOf));
    return { resolved: subjects.map((subject) => ({ customer: nameOf(subject), known: true, moves: [] })) };
  };
  const DIRECTORY = { idFromName: (name: string) => name, get: () => ({ resolve }) };
  return { asked, env: { DIRECTORY } as unknown as Env };
}

const shop = { id: 'shp_cache', settings: { layout: 'shared' } } as unknown as ShopSnapshot;
const subjects = (from: number, to: number): Subject[] =>
  Array.from({ length: to - from }, (_, at) => ({
    identifiers: [{ kind: 'user', value: `u${from + at}` }],
    trust: 'server',
  }));

test('answers for whom it knew when it was asked, though newer ones push them out meanwhile', async () => {
  const { asked, env } = directory();
  await resolveAll(env, shop, subjects(0, 20_000));
  const both = [...subjects(0, 500), ...subjects(20_000, 21_000)];
  const resolved = await resolveAll(env, shop, both);
  expect(resolved.map((one) => one.customer)).toEqual(both.map((one) => one.identifiers[0]?.value));
  expect(asked.length).toBe(21_000);
});
