import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hold,
  holdCost,
  levelOf,
  NO_BUDGET,
  post,
  postCost,
  roomOf,
  voidCost,
  voidHold,
} from '../../../worker/domain/vouchers/budget.ts';
import {
  bytesWanted,
  type CodePlan,
  codeKey,
  DEFAULT_PATTERN,
  GIFT_BITS,
  GIFT_PATTERN,
  makeCode,
  PLAIN_CHARSET,
  patternOf,
  planCodes,
  readCode,
  sameCode,
} from '../../../worker/domain/vouchers/codes.ts';

const hash = (bytes: Uint8Array) => new Uint8Array(createHmac('sha256', 'a key of a shop').update(bytes).digest());
const bytes = (seed: string, count: number) => {
  const parts = Array.from({ length: Math.ceil(count / 32) }, (_, at) =>
    createHmac('sha256', seed).update(String(at)).digest(),
  );
  return new Uint8Array(Buffer.concat(parts)).slice(0, count);
};

function planned(pattern = DEFAULT_PATTERN, wish = { wanted: 1, bits: 0 }): CodePlan {
  const plan = planCodes(pattern, wish);
  if ('flaws' in plan) throw new Error(JSON.stringify(plan.flaws));
  return plan;
}

function code(plan: CodePlan, seed: string, generation = 1): string {
  return makeCode(plan, bytes(seed, bytesWanted(plan)), { generation, hash }) ?? 'not enough bytes';
}

const flaws = (pattern: string, wish = { wanted: 1, bits: 0 }, charset = PLAIN_CHARSET) => {
  const plan = planCodes({ pattern, charset }, wish);
  return 'flaws' in plan ? plan.flaws.map(({ field }) => field) : [];
};

describe('case 35: two codes', () => {
  test.each([
    ['summer20', ' SUMMER20 '],
    ['GIFT 1234', 'gift1234'],
    ['ab\u00adc\u200b', 'ABC'],
    ['ＡＢＣ１', 'abc1'],
    ['A\u2013B', 'a-b'],
  ])('%j and %j are one', (a, b) => {
    expect(sameCode(a, b)).toBe(true);
  });

  test('that differ in a letter or a dash are two', () => {
    expect([sameCode('SUMMER20', 'SUMMER2O'), sameCode('SUMMER-20', 'SUMMER20')]).toEqual([false, false]);
  });

  test('have a normal form that is its own', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
            fc.constantFrom('\u0301', '\u200b', ' ', 'a'),
          ),
        }),
        (text) => {
          expect(codeKey(codeKey(text))).toBe(codeKey(text));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('case 37: a pattern', () => {
  test('of eight places has room for 100,000 codes; one that has not is refused up front, with what it takes', () => {
    expect(planned(DEFAULT_PATTERN, { wanted: 100_000, bits: 0 })).toMatchObject({ random: 5, checks: 2 });
    expect(planCodes({ pattern: 'SUMMER-#######', charset: PLAIN_CHARSET }, { wanted: 100_000, bits: 0 })).toEqual({
      flaws: [
        {
          field: 'pattern',
          rule: 'has room for 9235 codes, not for 100000: it takes 8 places (#) of 31 different characters',
        },
      ],
    });
    expect([flaws('###'), flaws('no place'), flaws('####', { wanted: 0, bits: 0 })]).toEqual([
      ['pattern'],
      ['pattern'],
      [],
    ]);
  });

  test('of a gift card has at least 60 random bits', () => {
    expect(planned(GIFT_PATTERN, { wanted: 1, bits: GIFT_BITS }).bits).toBeGreaterThanOrEqual(60);
    expect(flaws('########', { wanted: 1, bits: GIFT_BITS })).toEqual(['pattern']);
    expect(flaws('#'.repeat(16), { wanted: 1, bits: GIFT_BITS })).toEqual([]);
    expect(flaws('#'.repeat(15), { wanted: 1, bits: GIFT_BITS })).toEqual(['pattern']);
  });

  test('has the room that its own advice says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 8, max: 31 }),
        (wanted, bits, size) => {
          const charset = PLAIN_CHARSET.slice(0, size);
          const refused = planCodes({ pattern: '#', charset }, { wanted, bits });
          const said = 'flaws' in refused ? Number(/takes (\d+) places/.exec(refused.flaws[0]?.rule ?? '')?.[1]) : 1;
          expect(flaws('#'.repeat(said), { wanted, bits }, charset)).toEqual([]);
          expect(flaws('#'.repeat(said - 1), { wanted, bits }, charset)).toEqual(['pattern']);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is refused with characters that cannot be told apart, or that would join', () => {
    expect(flaws('########', undefined, 'ABCDEFG')).toEqual(['charset']);
    expect(flaws('########', undefined, 'aAbBcCdDeEfFgG')).toEqual(['charset']);
    expect(flaws('########', undefined, 'ABCDEFGHIJ ')).toEqual(['charset']);
    expect(flaws('########', undefined, 'ABCDEFGHIJ#')).toEqual(['charset']);
    expect(flaws('####\u0301####')).toEqual(['pattern']);
    expect(flaws('#'.repeat(101))).toEqual(['pattern']);
    expect(planned({ pattern: '########', charset: '0123456789abcdefABCDEFxyzXYZ' }).charset).toBe(
      '0123456789abcdefxyz',
    );
  });

  test('leaves out what people mistake for each other unless a charset is named', () => {
    expect(PLAIN_CHARSET).not.toMatch(/[01OIL]/);
    expect(new Set(PLAIN_CHARSET).size).toBe(31);
  });

  test.each([
    [{}, '########'],
    [{ length: 12, prefix: 'A-', postfix: '-Z' }, 'A-############-Z'],
    [{ length: 12, pattern: 'X##' }, 'X##'],
  ])('follows from a code_config %j', (config, pattern) => {
    expect(patternOf(config)).toEqual({ pattern, charset: PLAIN_CHARSET });
  });
});

describe('a code that was made', () => {
  const plan = planned({ pattern: 'SUMMER ####-#### x', charset: PLAIN_CHARSET });

  test('is known again with its generation, however it is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (seed, generation) => {
        const made = code(plan, seed, generation);
        expect(made).toMatch(/^SUMMER [^#]{4}-[^#]{4} x$/);
        expect(readCode(plan, made, hash)).toBe(generation);
        expect(readCode(plan, ` ${made.toLowerCase().replaceAll(' ', '')}`, hash)).toBe(generation);
      }),
      { numRuns: 100 },
    );
  });

  test('is followed by nothing but its own characters: nearly every other is known for none', () => {
    const guesses = Array.from({ length: 5_000 }, (_, at) => {
      const drawn = [...bytes(`guess ${at}`, 32)].map((byte) => PLAIN_CHARSET.charAt(byte % 31)).join('');
      return readCode(plan, `SUMMER ${drawn.slice(0, 4)}-${drawn.slice(4, 8)} x`, hash);
    });
    const passed = guesses.filter((generation) => generation !== null).length;
    // one in 961
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThan(20);
  });

  test('with one character changed is no code, nor under another key, nor of another pattern', () => {
    const made = code(plan, 'a');
    const changed = made.replace(/ (.)/, (_, one: string) => ` ${one === 'Z' ? 'Y' : 'Z'}`);
    expect([changed === made, readCode(plan, changed, hash)]).toEqual([false, null]);
    expect(readCode(plan, made, (text) => hash(hash(text)))).toBe(null);
    for (const other of ['SUMMER 1234-5678', 'WINTER 2345-6789 x', 'SUMMER 0000-0000 x', ''])
      expect(readCode(plan, other, hash)).toBe(null);
  });

  test('of one generation does not show it', () => {
    const places = Array.from({ length: 300 }, (_, at) => code(planned(), `n${at}`).charAt(5));
    expect(new Set(places).size).toBeGreaterThan(25);
  });

  test('is as likely to be any as any other', () => {
    const seen = new Map<string, number>();
    for (let at = 0; at < 2_000; at += 1)
      for (const one of code(planned(), `even ${at}`).slice(0, 5)) seen.set(one, (seen.get(one) ?? 0) + 1);
    const expected = (2_000 * 5) / 31;
    const chi = [...PLAIN_CHARSET].reduce((sum, one) => sum + ((seen.get(one) ?? 0) - expected) ** 2 / expected, 0);
    // 30 degrees of freedom: 59.7 is passed by one in a thousand
    expect(chi).toBeLessThan(59.7);
  });

  test('needs enough random bytes, and a generation that there is', () => {
    expect(makeCode(plan, bytes('x', 3), { generation: 1, hash })).toBe(null);
    for (const generation of [0, 31, 1.5]) expect(() => code(plan, 'x', generation)).toThrow(RangeError);
  });

  test('is one of 5,000 different ones', () => {
    const roomy = planned(DEFAULT_PATTERN, { wanted: 100_000, bits: 0 });
    const all = new Set(Array.from({ length: 5_000 }, (_, at) => code(roomy, `d${at}`)));
    // of 28,629,151 that could be, two of 5,000 are the same in about one run of three
    expect(all.size).toBeGreaterThan(4_996);
  });
});

describe('INV-6: a budget', () => {
  const amount = fc.integer({ min: 0, max: 400 });
  const step = fc.record({
    what: fc.constantFrom('hold', 'post', 'void', 'cap'),
    amount,
    which: fc.nat({ max: 9 }),
  });

  test('is never passed, by holds and what is let go of together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.array(step, { maxLength: 40 }), (cap, steps) => {
        let budget = { ...NO_BUDGET, cap: cap as number };
        let most = cap;
        let holds: number[] = [];
        for (const { what, amount: much, which } of steps) {
          const kept = holds[which % Math.max(1, holds.length)];
          if (what === 'hold') {
            const held = hold(budget, much);
            expect(held === null).toBe(much > roomOf(budget));
            if (held !== null) [budget, holds] = [{ ...held, cap: budget.cap }, [...holds, much]];
          } else if (what === 'post' && kept !== undefined) {
            budget = { ...post(budget, kept, Math.min(kept, much)), cap: budget.cap };
            holds = holds.filter((_, at) => at !== holds.indexOf(kept));
          } else if (what === 'void' && kept !== undefined) {
            budget = { ...voidHold(budget, kept), cap: budget.cap };
            holds = holds.filter((_, at) => at !== holds.indexOf(kept));
          } else if (what === 'cap') {
            budget = { ...budget, cap: much * 3 };
            most = Math.max(most, much * 3);
          }
          expect(budget.used).toBeLessThanOrEqual(most);
          expect(Math.min(budget.used, budget.held, roomOf(budget))).toBeGreaterThanOrEqual(0);
          expect(budget.held).toBe(holds.reduce((sum, one) => sum + one, 0));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('of three caps holds all of a cost or nothing of it', () => {
    const budgets = {
      redemptions: { ...NO_BUDGET, cap: 5 },
      discountMinor: { ...NO_BUDGET, cap: 1_000 },
      ordersMinor: NO_BUDGET,
    };
    const cost = { redemptions: 1, discountMinor: 999, ordersMinor: 5_000 };
    const held = holdCost(budgets, cost);
    if ('full' in held) throw new Error('must fit');
    expect(holdCost(held.budgets, cost)).toEqual({ full: 'discountMinor', room: 1 });
    expect(voidCost(held.budgets, cost)).toEqual(budgets);
    const posted = postCost(held.budgets, cost, { ...cost, discountMinor: 400 });
    expect(posted.discountMinor).toEqual({ cap: 1_000, used: 400, held: 0 });
  });

  test('is low below a tenth and used up at its end, whatever is held', () => {
    const level = (used: number) => levelOf({ ...NO_BUDGET, cap: 100, used, held: 9 });
    expect([level(90), level(91), level(100), levelOf({ ...NO_BUDGET, used: 1_000 })]).toEqual([
      null,
      'low',
      'used_up',
      null,
    ]);
  });

  test('is told when its keeper errs', () => {
    for (const wrong of [
      () => hold(NO_BUDGET, 1.5),
      () => hold(NO_BUDGET, -1),
      () => voidHold(NO_BUDGET, 1),
      () => post({ ...NO_BUDGET, held: 5 }, 1, 2),
    ])
      expect(wrong).toThrow(RangeError);
  });
});
