/** Asks the page who its shopper is. `null` is a guest; a page that cannot answer right now is a failure, not a guest. */
import type { Embed } from '../embed.ts';
import { HubError, send } from './api.ts';

const GUEST_STATUS = [204, 401, 404];

/** A merchant JWT, fetched anew each time: one is good for minutes and for one exchange. */
export async function merchantToken(embed: Embed, signal: AbortSignal): Promise<string | null> {
  if (embed.guest) return null;
  if (embed.fetchToken) return tokenOfPage(embed.fetchToken);
  return embed.tokenUrl ? tokenOfAddress(embed.tokenUrl, signal) : null;
}

async function tokenOfPage(fetchToken: NonNullable<Embed['fetchToken']>): Promise<string | null> {
  try {
    return (await fetchToken()) || null;
  } catch {
    throw new HubError('unavailable');
  }
}

async function tokenOfAddress(url: string, signal: AbortSignal): Promise<string | null> {
  const response = await send(url, { credentials: 'same-origin' }, signal);
  if (GUEST_STATUS.includes(response.status)) return null;
  if (!response.ok) throw new HubError('unavailable', response.status);
  const text = (await response.text()).trim();
  // A shop that redirects guests to its sign-in page answers 200 with a page.
  return text.startsWith('<') ? null : tokenOfText(text);
}

function tokenOfText(text: string): string | null {
  if (!text.startsWith('{')) return text || null;
  try {
    const { token } = JSON.parse(text);
    return typeof token === 'string' && token ? token : null;
  } catch {
    throw new HubError('unavailable');
  }
}
