/**
 * Where webhooks may be sent: public names over https. An address inside a network, however it is written, is refused, for
 * whoever names one would make the worker ask where only the worker gets. Pure.
 */

const LONGEST = 2_000;
const LOCAL = ['localhost', '127.0.0.1'];
/** Names that no public resolver knows. */
const INNER = /(^|\.)(local|localhost|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion)$/;
const NUMBERS = /^\d+(\.\d+){0,3}$/;

export interface UrlSetting {
  /** A test shop may send to this machine. */
  isTest: boolean;
  /** `host:port` of the worker itself: what it tells itself it would tell again. */
  ownHost: string;
}

/** What is wrong with it, as the rule it breaks; null: nothing. */
export function urlFlaw(text: string, { isTest, ownHost }: UrlSetting): string | null {
  if (text.length > LONGEST) return `must have at most ${LONGEST} characters`;
  if (!URL.canParse(text)) return 'must be an https address';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not carry a user or a password';
  if (url.host === ownHost) return 'must not be the address of this worker';
  if (isTest && url.protocol === 'http:' && LOCAL.includes(url.hostname)) return null;
  if (url.protocol !== 'https:')
    return isTest ? 'must be an https address (http on localhost)' : 'must be an https address';
  if (url.port !== '') return 'must not name a port';
  return hostFlaw(url.hostname);
}

/** The parser has brought numbers of every notation (octal, hex, one number, mapped IPv6) into one form. */
function hostFlaw(host: string): string | null {
  const name = host.replace(/\.$/, '').toLowerCase();
  if (name.startsWith('[') || NUMBERS.test(name)) return 'must be a name, not an address of a network';
  if (!name.includes('.') || INNER.test(name)) return 'must be a public name';
  return null;
}
