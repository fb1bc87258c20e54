/** Whose address a request comes from, as limits count it. Never logged, never stored. */

/** One line gets 2^64 IPv6 addresses to choose from, so those count by their first half. Without a proxy in front: ''. */
export function addressOf(request: Request): string {
  return networkOf(request.headers.get('cf-connecting-ip') ?? '');
}

/** An IPv4 address as it is, also where it is written inside an IPv6 one; of any other IPv6 address its /64. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? 0 : right.split(':').length;
  if (right !== undefined) groups.push(...Array<string>(Math.max(0, 8 - groups.length - after)).fill('0'));
  if (right) groups.push(...right.split(':'));
  const half = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${half.join(':')}::/64`;
}
