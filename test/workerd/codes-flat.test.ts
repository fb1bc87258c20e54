/** What a spend of a gift card costs does not grow with its history: the same rows are read and written early and late. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { Codes } from '../../worker/codes/codes.ts';
import { makeShop } from './shop.ts';
import { giftOf, makeVoucher, objectOf, redeeming } from './vouchers-given.ts';

it('a spend reads and writes as many rows after 3,000 spends as after 10', async () => {
  const shop = await makeShop();
  const { code } = await makeVoucher(shop.id, { limit: null, benefit: giftOf(10_000_000) });
  const stub = env.CODES.get(env.CODES.idFromName(objectOf(shop.id, code)));
  const measured = await runInDurableObject(stub as DurableObjectStub<never>, async (object: unknown) => {
    const codes = object as Codes;
    const spend = async () => {
      const before = [codes.rowsRead, codes.rowsWritten];
      const told = await codes.redeem(redeeming(code, {}, { creditsMinor: 100 }));
      if (told.verdict !== 'redeemed') throw new Error(told.verdict);
      return [codes.rowsRead - (before[0] ?? 0), codes.rowsWritten - (before[1] ?? 0)];
    };
    const after = async (count: number) => {
      for (let at = 0; at < count; at += 1) await spend();
      // what is told to others in between is not the spend's
      const [one, two, three] = [await spend(), await spend(), await spend()];
      return [one, two, three].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))[0];
    };
    return [await after(10), await after(3_000)];
  });
  expect(measured[1]).toEqual(measured[0]);
  expect(measured[0]?.[1]).toBeLessThanOrEqual(4);
});
