/** Whose a code is: made, claimed by somebody, given to a customer, or back again. Part of one transaction. */
import { codeKey } from '../domain/vouchers/codes.ts';
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import { publish } from '../domain/vouchers/publish.ts';
import { type Refused, refusal } from '../domain/vouchers/refused.ts';
import type { Voucher } from '../domain/vouchers/voucher.ts';
import { campaignOfRow, type Sources, voucherOf } from './asking.ts';
import type { Claim, Claimed } from './calls.ts';
import type { AssignmentTold, CodeRow } from './entries.ts';
import type { CodeStore } from './store.ts';

export interface Assignment {
  code: string;
  customer: string;
  /** `pub_…`: the same again gets the same voucher. */
  publication: string;
  /** Of a voucher without a campaign, which sees to it that the customer gets it; null: its campaign does. */
  bring: Bring | null;
}

export interface Bring extends AssignmentTold {
  holderOnly: boolean;
  distribution: string | null;
}

export type Assigned =
  /** As it is to be put into the wallet: nobody holds it yet. */
  { verdict: 'assigned'; voucher: Voucher } | { verdict: 'refused'; refused: Refused } | { verdict: 'none' };

export class Claims {
  readonly #store: CodeStore;

  constructor(store: CodeStore) {
    this.#store = store;
  }

  /** Each of them, in order. Of those that are not there yet a row is written each. */
  claim(claims: Claim[], now: number): Claimed[] {
    const rows = claims.map((claim) => rowOf(claim, now));
    const added = this.#store.claim(rows, now);
    for (const row of rows) if (added.has(row.key) && row.voucher !== null) this.#made(row, row.voucher, now);
    const there = this.#store.codes(rows.map(({ key }) => key));
    const seen = new Set<string>();
    return rows.map((row): Claimed => {
      const isFirst = !seen.has(row.key);
      seen.add(row.key);
      if (added.has(row.key) && isFirst) return 'claimed';
      const token = there.get(row.key)?.token ?? null;
      if (token === row.token) return 'again';
      return nameIn(token) !== null && nameIn(token) === nameIn(row.token) ? 'mismatch' : 'taken';
    });
  }

  /** Hands a code over to a customer, who is to put the voucher into the wallet. */
  assign({ code, customer, publication, bring }: Assignment, from: Sources): Assigned {
    const row = this.#store.code(codeKey(code));
    if (row === null || row.owner === 'gone') return { verdict: 'none' };
    const voucher = voucherOf(row, from.terms, from.idOf);
    if (row.owner === 'customer' && row.token === publication) return { verdict: 'assigned', voucher };
    const isFree = row.owner === 'here' && row.token?.startsWith('era_') !== true;
    const refused = isFree ? this.#unfit(row, voucher, { customer, publication }, from) : TAKEN;
    if (refused !== null) return { verdict: 'refused', refused };
    const told = bring === null ? null : { sourceId: bring.sourceId, channel: bring.channel, metadata: bring.metadata };
    const given = { ...row, owner: 'customer' as const, customer, token: publication, voucher };
    this.#store.writeCode(this.#store.append(given, from.now, { kind: 'assigned', customer, publication, told }));
    if (bring !== null) this.#bring(publication, { customer, voucher, bring });
    return { verdict: 'assigned', voucher };
  }

  /** The customer has it. */
  assigned(publication: string): void {
    this.#store.dropHold(publication);
  }

  #bring(
    publication: string,
    { customer, voucher, bring }: { customer: string; voucher: Voucher; bring: Bring },
  ): void {
    const operation = bringingOf(publication, voucher, bring);
    const hold = { kind: 'assignment' as const, fingerprint: publication, sinceMs: Date.now(), customer, operation };
    this.#store.writeHold(publication, hold);
  }

  /** The customer did not get it after all. */
  unassign(code: string, publication: string, now: number): void {
    const row = this.#store.code(codeKey(code));
    if (row === null || row.owner !== 'customer' || row.token !== publication) return;
    this.#store.dropHold(publication);
    const free = { ...row, owner: 'here' as const, customer: null, token: null };
    this.#store.writeCode(this.#store.append(free, now, { kind: 'unassigned', publication }));
  }

  #made(row: CodeRow, voucher: Voucher, now: number): void {
    this.#store.writeCode(this.#store.append(row, now, { kind: 'made', voucher }));
  }

  #unfit(row: CodeRow, voucher: Voucher, to: { customer: string; publication: string }, from: Sources): Refused | null {
    const { terms, now } = from;
    const about = { ...to, atMs: now, timeZone: terms.calendar.timeZone, holderOnly: false, distribution: null };
    const done = publish(voucher, campaignOfRow(row, terms), about);
    if ('refused' in done) return done.refused;
    // what was redeemed of it here stays here, and would have to be taken back here
    return voucher.redeemed > 0 ? refusal('voucher_already_published', 'it was redeemed before') : null;
  }
}

/** How the voucher gets into the wallet. */
export function bringingOf(publication: string, voucher: Voucher, bring: Bring): HoldVoucher {
  const { holderOnly, distribution, channel, metadata } = bring;
  const about = { voucher, campaign: null, holderOnly, publication, distribution, channel, metadata };
  return { op: 'hold_voucher', key: `publication:${publication}:${voucher.id}`, fingerprint: publication, ...about };
}

/** What a request was called that a token is of; null: it is of none. */
function nameIn(token: string | null): string | null {
  const end = token?.indexOf('.') ?? -1;
  return token === null || end < 0 ? null : token.slice(0, end);
}

const TAKEN = refusal('voucher_already_published', 'it was given to a customer before');

function rowOf({ code, token, campaign, holder, voucher }: Claim, madeAtMs: number): CodeRow {
  const owner = holder?.owner ?? 'here';
  const customer = holder?.customer ?? null;
  return { key: codeKey(code), code, owner, customer, campaign, token, madeAtMs, last: null, tally: null, voucher };
}
