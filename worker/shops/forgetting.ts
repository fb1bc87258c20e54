/**
 * An erased person is taken out of what the shop keeps: requests by law that name them, and first answers of writes that show
 * them. Answers are sealed, so that each has to be opened: they are looked through a page at a time.
 */
import type { Identifier } from '../domain/event.ts';
import type { PrivacyRequest } from '../domain/privacy.ts';
import { isNamedIn } from '../domain/privacy-names.ts';
import type { Env } from '../env.ts';
import type { Answered } from './answered.ts';
import { seal, unseal } from './crypto.ts';
import type { PrivacyRequests } from './privacy.ts';

const PAGE = 500;
/** What a retry of such a write is told. */
const GONE = { status: 410, body: JSON.stringify({ title: 'The customer was erased.', status: 410 }) };

export interface ForgetPerson {
  customers: string[];
  names: Identifier[];
  /** By the shop's clock. */
  nowMs: number;
  /** The key of the last answer that was looked at; '': begin. */
  after: string;
}

interface ShopParts {
  answered: Answered;
  privacy: PrivacyRequests;
  env: Pick<Env, 'ROOT_SECRET'>;
  shop: string;
}

/** What an answer's body is sealed to; `once` seals it. */
export function placeOfAnswer(shop: string, key: string): string {
  return `${shop}|answered|${key}`;
}

/** The key to go on after; null: that was all. */
export async function forgetPerson(
  { customers, names, nowMs, after }: ForgetPerson,
  { answered, privacy, env, shop }: ShopParts,
): Promise<string | null> {
  if (after === '') privacy.forget((request: PrivacyRequest) => isNamedIn(request, names), nowMs);
  const shown = [...customers, ...names.filter(({ kind }) => kind !== 'order').map(({ value }) => value)];
  const needles = shown.map((text) => JSON.stringify(text));
  const page = answered.page(after, PAGE);
  for (const { key, body } of page) {
    const place = placeOfAnswer(shop, key);
    const plain = await unseal(env.ROOT_SECRET, place, body);
    if (needles.some((needle) => plain.includes(needle)))
      answered.finish(key, GONE.status, await seal(env.ROOT_SECRET, place, GONE.body));
  }
  return page.length < PAGE ? null : (page.at(-1)?.key ?? null);
}
