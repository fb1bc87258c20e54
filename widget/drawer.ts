/** Entry of the drawer's download: registers `<customer-hub>` and puts one on the page when it is first opened. */
import { CustomerHub } from './element/customer-hub.ts';
import type { Drawer, Embed } from './embed.ts';

declare global {
  interface HTMLElementTagNameMap {
    'customer-hub': CustomerHub;
  }
}

export async function mount(embed: Embed): Promise<Drawer> {
  if (!customElements.get('customer-hub')) customElements.define('customer-hub', CustomerHub);
  const hub = document.createElement('customer-hub');
  await hub.prepare(embed);
  return {
    open(opening) {
      // A page that swaps its body takes the element with it.
      if (!hub.isConnected) document.body.append(hub);
      void hub.open(opening);
    },
    close: () => hub.close(),
    forget: () => hub.forget(),
  };
}
