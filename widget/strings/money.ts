/** Minor units as the shopper reads them. */

const EXPONENT_0 = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const EXPONENT_3 = 'BHD IQD JOD KWD LYD OMR TND';

/**
 * Decimals by ISO 4217, which is what the API counts in. Intl is not asked: browsers follow CLDR, where the forint, the
 * rupiah and others have none, and every amount would be a hundred times too large.
 */
export function exponentOf(currency: string): number {
  if (EXPONENT_0.includes(currency)) return 0;
  return EXPONENT_3.includes(currency) ? 3 : 2;
}

export function formatMoney(minor: number, currency: string, locale: string): string {
  const exponent = exponentOf(currency);
  const amount = minor / 10 ** exponent;
  try {
    const format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
    });
    const usual = format.resolvedOptions().maximumFractionDigits ?? exponent;
    const fitsUsual = usual >= exponent || minor % 10 ** (exponent - usual) === 0;
    return fitsUsual ? format.format(amount) : withDigits(exponent, currency, locale).format(amount);
  } catch {
    // An order may carry what is no currency code.
    return `${amount.toFixed(exponent)} ${currency}`;
  }
}

const withDigits = (digits: number, currency: string, locale: string): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
