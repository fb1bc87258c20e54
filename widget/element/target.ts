/** What a deep link asks for, and which locale the page speaks. */
import type { Embed } from '../embed.ts';
import { TABS, type TabId } from './tab-list.ts';

/** `orders/1001` -> the orders tab at `1001`. What is no tab opens the first. */
export function parseTarget(target: string): { tab: TabId; path: string } {
  const slash = `${target}/`.indexOf('/');
  const tab = TABS.find((id) => id === target.slice(0, slash));
  return {
    tab: tab ?? TABS[0],
    path: tab ? decoded(target.slice(slash + 1)) : '',
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** null where the page says nothing: the shop's own locale then counts, once the view has told it. */
export const pageLocale = (embed: Embed | null): string | null =>
  embed?.locale || document.documentElement.lang || null;
