/** Amounts on the wire are hundredths whatever the currency; inside they are ISO 4217 minor units. */
import { exponentOf } from '../domain/money.ts';
import { VoucherError } from './errors.ts';

/** Refused where the currency has no such amount, such as half a yen. `field` names it. */
export function minorOf(hundredths: number, currency: string, field: string): number {
  const minor = hundredths * 10 ** (exponentOf(currency) - 2);
  if (Number.isSafeInteger(minor)) return minor;
  throw new VoucherError('invalid_amount', `${field} must be a whole amount of ${currency}, in hundredths`);
}

/** Exact but for a third decimal, which the wire cannot say: it is rounded there. */
export function hundredthsOf(minor: number, currency: string): number {
  return Math.round(minor / 10 ** (exponentOf(currency) - 2));
}
