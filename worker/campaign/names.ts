/** How the object of a budget is called, and those of its shares. */

const ROOT = 'campaign:';
const SHARE = /^share:([^:]*):(\d+):(.*)$/s;

/** Of `campaign:{shop}:{id}` the share `share:{shop}:{n}:{id}`. */
export function nameOfShare(root: string, share: number): string {
  const [shop = '', ...id] = root.slice(ROOT.length).split(':');
  return `share:${shop}:${share}:${id.join(':')}`;
}

export function nameOfRoot(share: string): string {
  const [, shop = '', , id = ''] = SHARE.exec(share) ?? [];
  return `${ROOT}${shop}:${id}`;
}

/** null: it is no share. */
export function shareIn(name: string): number | null {
  const found = SHARE.exec(name);
  return found === null ? null : Number(found[2]);
}
