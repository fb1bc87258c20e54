import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentOf, type Rounding, ratio, toMinor } from '../../worker/domain/money.ts';

describe('a currency', () => {
  test.each([
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['USD', 2],
    ['EUR', 2],
    ['KWD', 3],
    ['TND', 3],
    ['XXX', 2],
  ])('%s has %i decimals', (currency, exponent) => {
    expect(exponentOf(currency)).toBe(exponent);
  });
});

describe('a decimal amount', () => {
  test.each([
    ['12.50', 'USD', 1250],
    [12.5, 'USD', 1250],
    [59.9, 'USD', 5990],
    [0.1 + 0.2, 'USD', 30],
    [1.005, 'USD', 101],
    ['1.005', 'USD', 101],
    ['1.0049999999999999', 'USD', 100],
    ['-1.005', 'USD', -101],
    ['12300', 'KRW', 12300],
    ['12300.00', 'KRW', 12300],
    ['0.5', 'JPY', 1],
    ['0.49', 'JPY', 0],
    ['12.345', 'KWD', 12345],
    ['12.3456', 'KWD', 12346],
    ['+7', 'USD', 700],
    [' 7.10 ', 'USD', 710],
    ['007', 'USD', 700],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
    ['9007199254740991', 'JPY', Number.MAX_SAFE_INTEGER],
  ])('%j %s is %i minor units', (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  test.each(['-0', '-0.00', '-0.001', -0])('%j is plain zero, never minus zero', (amount) => {
    expect(Object.is(toMinor(amount, 'USD'), 0)).toBe(true);
  });

  test.each([
    ['90071992547409.92', 'USD'],
    ['9007199254740992', 'JPY'],
    ['999999999999999999', 'USD'],
    ['1'.repeat(400), 'USD'],
    [1e21, 'USD'],
    [2 ** 53, 'USD'],
    [Number.MAX_VALUE, 'USD'],
  ])('is refused above 2^53 minor units: %j %s', (amount, currency) => {
    expect(toMinor(amount, currency)).toBeNull();
  });

  test.each([
    '',
    ' ',
    '.5',
    '5.',
    '1e3',
    '1,50',
    '1,234.50',
    '0x10',
    '१२',
    '１２',
    'NaN',
    'Infinity',
    '--1',
    '1.2.3',
    '$5',
    '5 USD',
    '1\n2',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    true,
    [],
    ['5'],
    {},
    { toString: () => '5' },
  ])('is refused where it is no plain decimal: %j', (amount) => {
    expect(toMinor(amount, 'USD')).toBeNull();
  });

  test('with as many places as its currency is read exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('JPY', 'USD', 'KWD'), (minor, currency) => {
        const exponent = exponentOf(currency);
        const digits = `${Math.abs(minor)}`.padStart(exponent + 1, '0');
        const whole = digits.slice(0, digits.length - exponent);
        const text = `${minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`;
        expect(toMinor(text, currency)).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });

  test('with more places is off by at most half a minor unit, and a half goes away from zero', () => {
    const places = 10n ** 12n;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.bigInt({ min: 0n, max: places - 1n }), (whole, fraction) => {
        const text = `${whole}.${fraction}`.replace('.', `.${'0'.repeat(12 - `${fraction}`.length)}`);
        const minor = BigInt(toMinor(text, 'USD') ?? -1);
        const exact = (BigInt(whole) * places + fraction) * 100n;
        expect((2n * minor - 1n) * places <= 2n * exact && 2n * exact < (2n * minor + 1n) * places).toBe(true);
        expect(toMinor(`-${text}`, 'USD')).toBe(minor === 0n ? 0 : -Number(minor));
      }),
    );
  });
});

describe('a ratio', () => {
  const BOUNDS: Record<Rounding, (q: bigint, p: bigint, c: bigint) => boolean> = {
    floor: (q, p, c) => q * c <= p && p < (q + 1n) * c,
    ceil: (q, p, c) => (q - 1n) * c < p && p <= q * c,
    'half-up': (q, p, c) => (2n * q - 1n) * c <= 2n * p && 2n * p < (2n * q + 1n) * c,
  };
  const amount = fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: 2 ** 31 }), fc.maxSafeNat());

  test.each(['floor', 'half-up', 'ceil'] as const)('rounds %s once, exactly, whatever the product', (rounding) => {
    fc.assert(
      fc.property(amount, fc.nat(10 ** 6), fc.integer({ min: 1, max: 10 ** 9 }), (a, b, c) => {
        const quotient = ratio(a, b, c, rounding);
        // above 2^53 a quotient is no exact number any more; the ledger caps it
        fc.pre(quotient < Number.MAX_SAFE_INTEGER);
        expect(BOUNDS[rounding](BigInt(quotient), BigInt(a) * BigInt(b), BigInt(c))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('rounds down where nothing is said', () => {
    expect(ratio(199, 1, 100)).toBe(1);
  });
});
