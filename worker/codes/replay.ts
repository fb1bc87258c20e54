/** Tells the first answer again: what was redeemed as it was then, whatever became of it since. */
import { refusal } from '../domain/vouchers/refused.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import type { Back, ChangeAnswer, Keyed, RedeemAnswer, RollBackAnswer } from './calls.ts';
import type { Entry, HeldUses, UsedKey } from './entries.ts';
import type { CodeStore } from './store.ts';

const DUPLICATE = { duplicate: true };
const MISMATCH = { verdict: 'mismatch' } as const;
export const GIVEN_UP = refusal('multiple_requests', 'it was given up before it came; ask again under another name');

/** null: the key is new. */
export function redeemedBefore(store: CodeStore, { key, fingerprint }: Keyed): RedeemAnswer | null {
  const used = store.usedKey(key);
  if (used !== null) return used.fingerprint === fingerprint ? redeemAnswer(store, used) : MISMATCH;
  const hold = store.hold(key);
  if (hold === null) return null;
  return hold.kind === 'uses' && hold.fingerprint === fingerprint ? heldAnswer(store, hold) : MISMATCH;
}

function redeemAnswer(store: CodeStore, { first }: UsedKey): RedeemAnswer {
  switch (first.kind) {
    case 'redeemed': {
      const bodies = inOrder(store, first.entries).flatMap(({ body }) => (body.kind === 'redeemed' ? body : []));
      return {
        verdict: 'redeemed',
        ...DUPLICATE,
        redemptions: [...bodies.map(({ redemption }) => asFirst(redemption)), ...first.others],
        vouchers: bodies.map(({ voucher }) => voucher),
        moves: bodies.map(({ move }) => move),
      };
    }
    case 'refused': {
      const body = first.entry === null ? null : (store.entry(first.entry)?.body ?? null);
      const failed = body?.kind === 'refused' ? body.redemption : null;
      return { verdict: 'refused', ...DUPLICATE, refused: first.refused, failed, voucher: null };
    }
    case 'voided':
      return { verdict: 'refused', ...DUPLICATE, refused: GIVEN_UP, failed: null, voucher: null };
    default:
      return MISMATCH;
  }
}

function heldAnswer(store: CodeStore, { uses }: HeldUses): RedeemAnswer {
  return {
    verdict: 'held',
    ...DUPLICATE,
    redemptions: uses.map(({ redemption }) => redemption),
    vouchers: uses.flatMap(({ key }) => store.code(key)?.voucher ?? []),
    moves: uses.map(({ move }) => move),
  };
}

export function rolledBackBefore(store: CodeStore, { key, fingerprint }: Keyed): RollBackAnswer | null {
  const used = store.usedKey(key);
  const hold = used === null ? store.hold(key) : null;
  if (used === null && hold === null) return null;
  if ((used ?? hold)?.fingerprint !== fingerprint) return MISMATCH;
  if (used === null) return hold?.kind === 'rollbacks' ? { verdict: 'held', ...DUPLICATE } : MISMATCH;
  const { first } = used;
  if (first.kind === 'refused') return { verdict: 'refused', ...DUPLICATE, refused: first.refused };
  if (first.kind === 'voided') return { verdict: 'refused', ...DUPLICATE, refused: GIVEN_UP };
  if (first.kind !== 'rolled_back') return MISMATCH;
  const backs = inOrder(store, first.entries).flatMap(({ body }): Back[] => {
    if (body.kind !== 'rolled_back') return [];
    const { redemption, rollback, voucher, move } = body;
    return [{ redemption, rollback, voucher, move }];
  });
  return { verdict: 'rolled_back', ...DUPLICATE, backs };
}

export function changedBefore(store: CodeStore, { key, fingerprint }: Keyed): ChangeAnswer | null {
  const used = store.usedKey(key);
  if (used === null) return null;
  if (used.fingerprint !== fingerprint) return MISMATCH;
  const { first } = used;
  if (first.kind === 'refused') return { verdict: 'refused', ...DUPLICATE, refused: first.refused };
  if (first.kind !== 'changed') return MISMATCH;
  const [body] = inOrder(store, first.entries).map((entry) => entry.body);
  if (body === undefined || !('voucher' in body)) return MISMATCH;
  return { verdict: 'changed', ...DUPLICATE, voucher: body.voucher, move: 'move' in body ? body.move : null };
}

function inOrder(store: CodeStore, seqs: number[]): Entry[] {
  const entries = new Map(store.entries(seqs).map((entry) => [entry.seq, entry]));
  return seqs.flatMap((seq) => entries.get(seq) ?? []);
}

function asFirst(redemption: Redemption): Redemption {
  return { ...redemption, rollbacks: [] };
}
