/** Queries of qs, read back into what they were. */
import { describe, expect, it } from 'vitest';
import { fromBrackets } from '../../worker/vouchers/bracketed.ts';

const read = (query: string) => fromBrackets(new URLSearchParams(query));

describe('a query with brackets', () => {
  it('is read back into objects and lists', () => {
    expect(
      read('code=A%2FB&customer[source_id]=u&item[0][amount]=5&item[1][amount]=6&order[metadata][a][b]=c'),
    ).toEqual({
      code: 'A/B',
      customer: { source_id: 'u' },
      item: [{ amount: '5' }, { amount: '6' }],
      order: { metadata: { a: { b: 'c' } } },
    });
  });

  it.each(['a[', 'a[b', 'a]b', 'a[]=1', '[a]=1', 'a[b][c][d][e][f][g]=1', 'a=1&a[b]=2', 'a[b]=1&a=2'])(
    'that is none is not guessed at: %s',
    (query) => {
      expect(read(query)).toBeNull();
    },
  );

  it('changes nothing that it should not', () => {
    expect(read('__proto__[polluted]=1&a[__proto__][b]=1&constructor[prototype][c]=1')).toEqual({
      a: {},
      constructor: { prototype: { c: '1' } },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('of too many parameters is not read', () => {
    expect(read(Array.from({ length: 2_001 }, (_, at) => `a${at}=1`).join('&'))).toBeNull();
  });
});
