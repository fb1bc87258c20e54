/**
 * What redemptions are called: their name follows from the operation, and says who keeps them, so that one can be found by
 * its id alone. `{owner}` is an object of codes (`k1-7`) or a customer.
 */

/** `r_` of one that was made, `rf_` of one that was refused, `rr_` of one that took another back. */
export type RedemptionPrefix = 'r' | 'rf' | 'rr';

export type RedemptionOwner =
  | { kind: 'codes'; generation: number; shard: number }
  | { kind: 'customer'; customer: string };

export interface RedemptionName {
  prefix: RedemptionPrefix;
  /** Of the operation: 20 characters. */
  name: string;
  /** Its place in the operation. */
  place: number;
  owner: RedemptionOwner;
}

const FORM = /^(r|rf|rr)_([a-z0-9]{20})(?:x([1-9]\d?))?_(.{1,100})$/;
const CODES = /^k(\d{1,3})-(\d{1,4})$/;

export function redemptionId({ prefix, name, place, owner }: RedemptionName): string {
  const where = owner.kind === 'customer' ? owner.customer : `k${owner.generation}-${owner.shard}`;
  return `${prefix}_${name}${place === 0 ? '' : `x${place}`}_${where}`;
}

/** Those of one operation by their places in it: the order in which they applied. */
export function inPlace<T extends { id: string }>(redemptions: readonly T[]): T[] {
  const placeOf = ({ id }: T) => readRedemptionId(id)?.place ?? 0;
  return [...redemptions].sort((a, b) => placeOf(a) - placeOf(b));
}

/** null: nothing here was ever called so. */
export function readRedemptionId(id: string): RedemptionName | null {
  const match = FORM.exec(id);
  if (match === null) return null;
  const [, prefix, name = '', place, where = ''] = match;
  const codes = CODES.exec(where);
  const owner: RedemptionOwner =
    codes === null
      ? { kind: 'customer', customer: where }
      : { kind: 'codes', generation: Number(codes[1]), shard: Number(codes[2]) };
  return { prefix: prefix === 'rf' || prefix === 'rr' ? prefix : 'r', name, place: Number(place ?? 0), owner };
}
