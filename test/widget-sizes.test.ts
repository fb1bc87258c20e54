/** The budgets of the storefront's downloads. */
import { expect, test } from 'vitest';
import { widgetSizes } from './browser/sizes.ts';

test('no download of the storefront passes its budget', async () => {
  const isOver = ({ gzipBytes, budget }: { gzipBytes: number; budget: number }) => gzipBytes > budget;
  expect((await widgetSizes()).filter(isOver)).toEqual([]);
});
