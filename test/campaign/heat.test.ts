/** When a budget is hot, and how its shares are called. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heat, hotPerSecond } from '../../worker/campaign/heat.ts';
import { nameOfRoot, nameOfShare, shareIn } from '../../worker/campaign/names.ts';

const SECOND = 1_000;

/** So many calls in each of the seconds from `fromMs` on; whether the last of them found it hot. */
function felt(heat: Heat, fromMs: number, calls: number[]): boolean {
  let hot = false;
  calls.forEach((count, second) => {
    for (let at = 0; at < count; at += 1) hot = heat.note(fromMs + second * SECOND + at);
  });
  return hot;
}

describe('a budget is hot', () => {
  it('once two whole seconds in a row saw as many calls as it takes', () => {
    expect(felt(new Heat(10), 0, [10, 10, 1])).toBe(true);
    expect(felt(new Heat(10), 0, [10, 10])).toBe(false);
    expect(felt(new Heat(10), 0, [10, 9, 10, 1])).toBe(false);
    expect(felt(new Heat(10), 0, [10, 0, 10, 1])).toBe(false);
    expect(felt(new Heat(10), 0, [200])).toBe(false);
  });

  it('not for ten seconds after its shares were taken back', () => {
    const heat = new Heat(10);
    heat.rest(0);
    expect(felt(heat, 0, Array(10).fill(10))).toBe(false);
    expect(felt(heat, 10 * SECOND, [1])).toBe(true);
  });

  it('by a hundred a second, unless the configuration says otherwise', () => {
    expect([undefined, '', 'many', '0', '-5', '12', '0.5'].map(hotPerSecond)).toEqual([
      100, 100, 100, 100, 100, 12, 0.5,
    ]);
  });
});

it('a share and its root name each other, and no root is taken for a share', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9_]+$/), fc.string(), fc.nat({ max: 7 }), (shop, id, at) => {
      const root = `campaign:${shop}:${id}`;
      const share = nameOfShare(root, at);
      expect([nameOfRoot(share), shareIn(share), shareIn(root), share.split(':')[1]]).toEqual([root, at, null, shop]);
    }),
  );
});
