import { expect, test } from 'vitest';
import { jsonTexts } from '../../worker/storage/json-texts.ts';

test('every value comes once and in order, in texts that each fit into a statement', () => {
  const values = Array.from({ length: 30 }, (_, at) => ({ at, text: 'ö'.repeat(100_000) }));
  const texts = jsonTexts(values);
  expect(texts.flatMap((text) => JSON.parse(text))).toEqual(values);
  expect(texts.every((text) => new TextEncoder().encode(text).length < 2_000_000)).toBe(true);
  expect(texts.length).toBeLessThan(10);
});

test('nothing is no text, and what is too long stands alone', () => {
  expect(jsonTexts([])).toEqual([]);
  const long = 'x'.repeat(700_000);
  expect(jsonTexts([1, long, 2])).toEqual(['[1]', JSON.stringify([long]), '[2]']);
});
