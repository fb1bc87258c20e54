/** Bringing friends, for pages: a shopper's own link and what came of it, and the claim of a friend whom nobody knows yet. */
import { createRoute, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { emailOf, isPlain, NOBODY } from '../domain/identifier.ts';
import type { Bonus } from '../domain/loyalty/bonus.ts';
import { trimmed } from '../domain/referrals/alias.ts';
import { codeOf, readCode } from '../domain/referrals/code.ts';
import { addressOf } from '../http/address.ts';
import { body, json, problem } from '../http/answers.ts';
import { type AppContext, routes } from '../http/app.ts';
import { crossOrigin } from '../http/cors.ts';
import { type Claimed, claimReferral } from '../referrals/claim.ts';
import { referralStanding } from '../referrals/standing.ts';
import type { ShopSettings } from '../shops/settings.ts';
import { TokenBuckets } from '../time/rate.ts';
import { fromCursor, toCursor } from '../wire/cursor.ts';
import { HubReferrals, ReferralClaimed, ReferralClaimWrite, type ReferralGift } from '../wire/hub-referrals.ts';
import { pageQuery } from '../wire/parts.ts';
import { ProblemError } from '../wire/problem.ts';
import { accessOf, notStored, shopOfKey } from './access.ts';

const LARGEST_REQUEST = 4 * 1024;
/** Claims that one address may make in one shop; a burst of twice as many. */
const CLAIMS_PER_SECOND = 1;
const claimants = new TokenBuckets(20_000);

export const hubReferrals = routes();

for (const path of ['/hub/v1/referrals', '/hub/v1/referrals/claims']) {
  hubReferrals.use(path, notStored);
  hubReferrals.use(path, crossOrigin);
  hubReferrals.options(path, (c) => c.body(null, 204));
}
hubReferrals.use('/hub/v1/referrals/claims', bodyLimit({ maxSize: LARGEST_REQUEST, onError: tooLarge }));

const refusals = {
  400: problem('A field breaks its rule'),
  403: problem("The page's origin is not on the shop's list"),
  503: problem('A part did not answer; ask again'),
};

const claim = createRoute({
  method: 'post',
  path: '/hub/v1/referrals/claims',
  tags: ['Hub'],
  summary: 'A friend claims what the link of a referrer promised, by e-mail',
  description:
    'Safe to repeat: the same person gets the same answer. It is completed by their first order that is large enough, ' +
    'whether or not a code is used. Of two links the last one counts, so a page keeps the last one it was opened by.',
  security: [],
  request: { body: body(ReferralClaimWrite) },
  responses: {
    200: json(ReferralClaimed, 'The claim as it stands'),
    ...refusals,
    401: problem('The key is not good'),
    404: problem('Nobody refers by this code, or the shop has no such programme'),
    409: problem('The offer is not for this person, or the link is too old; more is not told'),
    429: problem('Too many claims from this address; wait for Retry-After seconds'),
  },
});
hubReferrals.openapi(claim, async (c) => {
  const { key, code, email, clickedAtMs, anonymousId } = c.req.valid('json');
  const shop = await shopOfKey(c, key);
  const programme = shop.settings.programme.referrals;
  if (programme === undefined) throw new ProblemError('not_found');
  requirePatience(c, shop.id);
  const asked = { code: readCode(code), email: emailOf({ email: trimmed(email) }) };
  if (asked.email === null || !isPlain(asked.email)) throw badEmail();
  if (asked.code === null) throw new ProblemError('not_found');
  const said = { code: asked.code, email: asked.email, clickedAtMs, anonymousId: browserOf(anonymousId) };
  const claimed = await claimReferral(c.env, shop, programme, { ...said, address: addressOf(c.req.raw) });
  const gift = giftOf(programme.friend, shop.settings);
  return c.json(
    claimView(claimed, { gift, minimumMinor: programme.minimumMinor, currency: shop.settings.currency }),
    200,
  );
});

const read = createRoute({
  method: 'get',
  path: '/hub/v1/referrals',
  tags: ['Hub'],
  security: [{ hubSession: [] }],
  summary: "The shopper's own link, and the friends who came by it",
  request: { query: pageQuery(50, 10) },
  responses: {
    200: json(HubReferrals, 'The link, and a page of friends'),
    ...refusals,
    401: problem('No bearer, or one that ended: exchange a new proof'),
    404: problem('The shop has no such programme'),
  },
});
const Place = z.strictObject({ startedAtMs: z.int(), id: z.string().max(200) });
hubReferrals.openapi(read, async (c) => {
  const { shop, customer } = await accessOf(c);
  const programme = shop.settings.programme.referrals;
  if (programme === undefined) throw new ProblemError('not_found');
  const { limit, cursor } = c.req.valid('query');
  const standing = await referralStanding(c.env, shop, customer, { limit, before: fromCursor(cursor, Place) });
  if (standing === null) throw new ProblemError('unauthorized');
  const code = standing.mayRefer ? codeOf(standing.customer) : null;
  return c.json(
    {
      mayRefer: standing.mayRefer,
      code,
      link: code === null || programme.landingUrl === null ? null : linkTo(programme.landingUrl, code),
      gift: giftOf(programme.referrer, shop.settings),
      friendGift: giftOf(programme.friend, shop.settings),
      minimumMinor: programme.minimumMinor,
      currency: shop.settings.currency,
      completed: standing.completed,
      items: standing.made.map(({ startedAtMs, changedAtMs, status }) => ({ startedAtMs, changedAtMs, status })),
      nextCursor: standing.next === null ? null : toCursor(standing.next),
    },
    200,
  );
});

function claimView(claimed: Claimed, about: Omit<ReferralClaimed, 'status' | 'code'>): ReferralClaimed {
  if (claimed.kind === 'claimed') return { ...about, status: statusOf(claimed.status), code: claimed.voucher };
  if (claimed.why === 'unknown_code') throw new ProblemError('not_found');
  const old = claimed.why === 'link_too_old';
  // why it is not for them would tell who is a customer here
  throw new ProblemError('conflict', { detail: old ? 'The link is too old.' : 'This offer cannot be claimed.' });
}

function statusOf(status: string): ReferralClaimed['status'] {
  return ReferralClaimed.shape.status.parse(status);
}

function giftOf(bonus: Bonus | null, { programme }: ShopSettings): ReferralGift | null {
  if (bonus === null || bonus.kind === 'points') return bonus;
  const reward = programme.rewards?.rewards.find((one) => one.id === bonus.reward);
  return reward === undefined ? null : { kind: 'reward', name: reward.name };
}

function linkTo(landingUrl: string, code: string): string {
  const url = new URL(landingUrl);
  url.searchParams.set('ref', code);
  return url.href;
}

function browserOf(anonymousId: string | null): string | null {
  return anonymousId === null || !isPlain(anonymousId) || NOBODY.test(anonymousId) ? null : anonymousId;
}

function badEmail(): ProblemError {
  return new ProblemError('invalid_request', { errors: [{ field: 'email', rule: 'must be an e-mail address' }] });
}

function requirePatience(c: AppContext, shop: string): void {
  const rate = { perSecond: CLAIMS_PER_SECOND };
  const wait = claimants.take(`${shop} ${addressOf(c.req.raw)}`, rate, Date.now());
  if (wait > 0) throw new ProblemError('rate_limited', { headers: { 'Retry-After': `${wait}` } });
}

function tooLarge(): never {
  throw new ProblemError('payload_too_large', { detail: `At most ${LARGEST_REQUEST} bytes.` });
}
