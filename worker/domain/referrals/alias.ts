/** One spelling for all spellings of a mailbox, so that nobody is their own friend. Never an address to write to. */

const GMAIL = new Set(['gmail.com', 'googlemail.com']);

/** The mailbox of an address: lower case, without a tag after `+`, without the dots that Gmail does not count. */
export function aliasOf(email: string): string {
  const plain = trimmed(email);
  const at = plain.lastIndexOf('@');
  const [local, domain] = [plain.slice(0, at), plain.slice(at + 1)];
  const untagged = local.split('+', 1)[0] || local;
  if (!GMAIL.has(domain)) return `${untagged}@${domain}`;
  return `${untagged.replaceAll('.', '') || untagged}@gmail.com`;
}

/** As it was meant: without what a keyboard leaves around it. */
export function trimmed(email: string): string {
  return email.trim().toLowerCase().replace(/\.+$/, '');
}
