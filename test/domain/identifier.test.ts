import { describe, expect, test } from 'vitest';
import { phoneOf } from '../../worker/domain/identifier.ts';

describe('a phone number', () => {
  test.each([
    ['+16136120707', '+16136120707'],
    [' +1 (613) 612-07.07 ', '+16136120707'],
    ['+49 30 1234567', '+49301234567'],
    ['+12345678', '+12345678'],
    ['+123456789012345', '+123456789012345'],
  ])('%s is %s in its one form', (text, phone) => {
    expect(phoneOf(text)).toBe(phone);
  });

  test.each([
    null,
    '',
    '+',
    '6136120707',
    '555-625-1199',
    '+1234567',
    '+1234567890123456',
    '+0123456789',
    '++4930123456',
    '+49x30123456',
    '+٤٩٣٠١٢٣٤٥٦٧',
    '049301234567',
    '+49 30 12345 ext. 6',
  ])('%s is none', (text) => {
    expect(phoneOf(text)).toBeNull();
  });
});

test.each(['0049 30 1234567', 'tel:+49-30-1234567', '+49 (0)30/123 45 67', '＋49 30 1234567', '+49.30.1234567'])(
  '%s is a number that people write so',
  (text) => {
    expect(phoneOf(text)).toBe('+49301234567');
  },
);
