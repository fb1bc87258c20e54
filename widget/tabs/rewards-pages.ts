/** What the rewards tab shows besides the list, downloaded on top of it: one reward, the vouchers, friends. */
import type { TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import { listStyles } from '../theme/lists.ts';
import { Friends } from './friends.ts';
import type { Around, Panel, PanelHost } from './panel.ts';
import { Reward } from './reward.ts';
import { TabPanel } from './tab-panel.ts';
import { Vouchers } from './vouchers.ts';

export const styles = [listStyles];

export const createPanel = (host: PanelHost): Panel => new RewardsPages(host);

class RewardsPages extends TabPanel {
  readonly #reward: Reward;
  readonly #vouchers: Vouchers;
  readonly #friends: Friends;

  constructor(host: PanelHost) {
    super(host);
    this.#reward = new Reward(host);
    this.#vouchers = new Vouchers(host);
    this.#friends = new Friends(host);
  }

  /** A reward, or `''`. */
  override show(reward: string): void {
    this.#reward.show(reward);
    this.#vouchers.show();
  }

  override render(customer: HubCustomer, shop: HubShop, around: Around): TemplateResult {
    const page = { redeem: this.#reward, vouchers: this.#vouchers, friends: this.#friends }[around.section];
    return page.render(customer, shop, around);
  }
}
