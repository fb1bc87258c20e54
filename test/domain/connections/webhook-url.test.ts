/** Where webhooks may be sent. */
import { expect, test } from 'vitest';
import { urlFlaw } from '../../../worker/domain/connections/webhook-url.ts';

const live = { isTest: false, ownHost: 'edge.example.com' };
const inTest = { isTest: true, ownHost: 'localhost:8787' };

test.each(['https://hooks.example.com/in?key=1', 'https://例え.jp/', 'https://a.b.co.uk'])('takes %s', (url) => {
  expect(urlFlaw(url, live)).toBeNull();
});

test.each([
  'http://hooks.example.com/',
  'http://localhost:9000/',
  'https://localhost/',
  'https://169.254.169.254/latest/meta-data',
  'https://127.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://017700000001/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00::1]/',
  'https://10.0.0.1./',
  'https://8.8.8.8/',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://intranet/',
  'https://hooks.example.com:8443/',
  'https://user:pass@hooks.example.com/',
  'https://edge.example.com/webhooks',
  'ftp://hooks.example.com/',
  'javascript:alert(1)',
  'data:text/plain,x',
  '//hooks.example.com/',
  'not an address',
  '',
  `https://hooks.example.com/${'a'.repeat(2_000)}`,
])('refuses %s', (url) => {
  expect(urlFlaw(url, live)).toMatch(/^must /);
});

test('a test shop may send to this machine, and not to the worker itself', () => {
  expect(urlFlaw('http://localhost:9000/in', inTest)).toBeNull();
  expect(urlFlaw('http://127.0.0.1:9000/in', inTest)).toBeNull();
  expect(urlFlaw('http://localhost:8787/in', inTest)).toBe('must not be the address of this worker');
  expect(urlFlaw('http://10.0.0.1:9000/in', inTest)).toMatch(/^must /);
});
