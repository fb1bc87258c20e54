/** A friend and the one who brought them, each in memory, and the word that goes between them. */

import { isObject, type JsonObject } from '../../../worker/domain/json.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { ATTRIBUTION_ERRAND } from '../../../worker/domain/referrals/attribution.ts';
import { publicStatus } from '../../../worker/domain/referrals/changing.ts';
import type { ReferralProgramme } from '../../../worker/domain/referrals/programme.ts';
import type { ReferralNews } from '../../../worker/domain/referrals/referrer.ts';
import { currentOf, type Received } from '../../../worker/domain/referrals/state.ts';
import type { Terms } from '../../../worker/domain/terms.ts';
import { event, NOW, paid, refund, refunded, snapshot, terms } from '../given.ts';
import { Till } from '../till.ts';

export const CODE = 'ABCDEFGHJKMNP';

export function referrals(changes: Partial<ReferralProgramme> = {}): ReferralProgramme {
  return {
    friend: { kind: 'points', points: 50 },
    referrer: { kind: 'points', points: 100 },
    minimumMinor: 0,
    waitingDays: 0,
    claimWithinDays: 30,
    expiresAfterDays: null,
    whoRefers: 'members',
    attribution: 'last',
    landingUrl: null,
    checks: { self: true, knownCustomers: true, sameBrowser: true, perAddress: null },
    ...changes,
  };
}

/** Orders earn nothing, so that every point is a referral's. */
export function referralTerms(
  changes: Partial<ReferralProgramme> = {},
  more: Partial<Programme> = {},
  shop: Partial<Terms> = {},
): Terms {
  return terms({ order: null, referrals: referrals(changes), ...more }, shop);
}

interface Claiming {
  code?: string;
  referrer?: string;
  blocked?: string[];
  held?: string[];
}

export class Pair {
  readonly friend: Till;
  readonly referrer: Till;
  /** Codes that lead to the referrer, each with what is wrong with it. */
  readonly referrers = new Map<string, string[]>([[CODE, []]]);
  #claims = 0;
  #reviews = 0;

  constructor(theirs: Terms) {
    this.friend = new Till(theirs);
    this.referrer = new Till(theirs);
  }

  /** What whoever claims is told. */
  claim(at = NOW, { code = CODE, referrer = 'referrer', blocked = [], held = [] }: Claiming = {}): JsonObject | null {
    this.#claims += 1;
    const id = `ref_c_${this.#claims}`;
    const about = { key: `claim:${id}`, fingerprint: id, id, code, referrer, blocked, held };
    this.friend.operate({ op: 'claim_referral', ...about }, at);
    const said = this.friend.journal.find(({ key }) => key === about.key)?.about.answer;
    this.pass(at);
    return isObject(said) ? said : null;
  }

  /** A page that a browser of the friend opened. */
  visit(address: string, at = NOW): void {
    const about = { trust: 'browser' as const, name: 'Viewed Page', occurredAtMs: at, receivedAtMs: at };
    this.friend.record(event(`visit:${at}:${address}`, { ...about, properties: { url: address } }), at, false);
    this.pass(at);
  }

  /** A paid order of the friend. */
  order(minor: number, at = NOW, orderId = 'o1', more: Partial<Parameters<typeof snapshot>[1]> = {}): void {
    this.friend.tell(paid(snapshot(minor, { orderId, placedAtMs: at, updatedAtMs: at, ...more })), at);
    this.pass(at);
  }

  /** So much of it went back; null: everything. */
  back(moneyMinor: number | null, at = NOW, orderId = 'o1'): void {
    const id = `r-${orderId}-${at}-${moneyMinor}`;
    this.friend.tell(refunded(refund(id, { moneyMinor, atMs: at }), orderId), at);
    this.pass(at);
  }

  review(verdict: 'approve' | 'block', at = NOW): string | null {
    this.#reviews += 1;
    const key = `review:${this.#reviews}`;
    const referral = this.received?.id ?? '';
    const { refusal } = this.friend.operate({ op: 'review_referral', key, fingerprint: key, referral, verdict }, at);
    this.pass(at);
    return refusal === null ? null : refusal.reason;
  }

  due(at: number): void {
    this.friend.due(at);
    this.pass(at);
  }

  /** Carries every errand to the referrer, and the answer back, until nothing is open. */
  pass(at: number): void {
    for (let errand = this.friend.errands.shift(); errand !== undefined; errand = this.friend.errands.shift()) {
      if (errand.kind === ATTRIBUTION_ERRAND) {
        this.friend.answer(errand, this.#lookUp(errand.body), at);
        continue;
      }
      const news = errand.body as unknown as Omit<ReferralNews, 'op' | 'key' | 'fingerprint'>;
      this.referrer.operate({ ...news, op: 'referral', key: errand.op, fingerprint: errand.op }, at);
      const said = this.referrer.journal.find(({ key }) => key === errand.op)?.about.answer;
      if (!isObject(said)) throw new Error('a referrer without an answer');
      this.friend.answer(errand, said, at);
    }
  }

  /** As the Directory does: the first code that somebody refers by. */
  #lookUp({ codes }: JsonObject): JsonObject {
    const found = Array.isArray(codes) ? codes.find((code) => this.referrers.has(String(code))) : undefined;
    if (typeof found !== 'string') return { referrer: null };
    return { referrer: 'referrer', code: found, blocked: this.referrers.get(found) ?? [] };
  }

  get received(): Received | undefined {
    return currentOf(this.friend.head?.loyalty.referral);
  }

  /** How it stands on both sides, and what both have of it. */
  get standing(): object {
    const made = this.referrer.journal.findLast(({ about }) => about.referral === this.received?.id);
    const properties = made?.about.properties;
    return {
      friend: [this.received === undefined ? null : publicStatus(this.received), this.friend.balance],
      referrer: [isObject(properties) ? properties.status : null, this.referrer.balance],
    };
  }

  /** Public names of rows about referrals. */
  get told(): { friend: string[]; referrer: string[] } {
    const names = (till: Till) =>
      till.journal.flatMap(({ kind, name }) => (kind.startsWith('referral.') && name !== null ? [name] : []));
    return { friend: names(this.friend), referrer: names(this.referrer) };
  }
}
