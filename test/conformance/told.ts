/** What became of what a client sent: read through the admin API, as a merchant would. */
import { eventually, type StoryShop } from '../stories/client.ts';

/** Names on the timelines of these customers, oldest first; a customer that several of them lead to counts once. */
export async function namesOf(shop: StoryShop, ...refs: string[]): Promise<string[]> {
  const names = new Map<string, string[]>();
  for (const ref of refs) {
    const customer = await shop.admin('GET', `/admin/v1/customers/${ref}`);
    if (customer.status !== 200) continue;
    const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=200`);
    names.set(customer.body.id, eventNames(body.items).reverse());
  }
  return [...names.values()].flat();
}

/** The same, once there are at least `count`: clients send in their own time. */
export function namesOnce(shop: StoryShop, count: number, ...refs: string[]): Promise<string[]> {
  return eventually(async () => {
    const names = await namesOf(shop, ...refs);
    return names.length >= count ? names : null;
  }, 20_000);
}

function eventNames(rows: { kind: string; name: string }[]): string[] {
  return rows.flatMap((row) => (row.kind === 'event' ? [row.name] : []));
}
