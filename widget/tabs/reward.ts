/** The page of one reward: confirmed, bought, shown, and perhaps given back. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import { sparkIcon } from '../views/icons.ts';
import { renderNotice } from '../views/placeholders.ts';
import type { Around, PanelHost } from './panel.ts';
import { Purchase } from './purchase.ts';
import { TabPanel } from './tab-panel.ts';
import { Undo } from './undo.ts';
import { Wallet } from './wallet.ts';

/** A code that is still being made is asked for again, so often and so many times. */
const AGAIN_MS = 3_000;
const TIMES = 20;

export class Reward extends TabPanel {
  readonly #wallet: Wallet;
  readonly #undo: Undo;
  /** By reward. Those whose end is not known stay, with their key. */
  readonly #purchases = new Map<string, Purchase>();
  #around: Around | null = null;
  #id = '';

  constructor(host: PanelHost) {
    super(host);
    this.#wallet = new Wallet(host);
    this.#undo = new Undo(host, this.#wallet, () => this.#around?.load());
  }

  override show(id: string): void {
    if (!this.#purchases.get(this.#id)?.mustStay) this.#purchases.delete(this.#id);
    this.#id = id;
    this.#undo.forget();
  }

  override render(_: HubCustomer, shop: HubShop, around: Around): TemplateResult {
    this.#around = around;
    return html`
      ${this.renderBack(this.words.own.allRewards, this.#back)}
      ${this.#undo.done ? this.#undo.renderDone(this.words) : this.#renderPurchase(shop, around)}`;
  }

  #renderPurchase(shop: HubShop, { offers, load }: Around): TemplateResult {
    const { words } = this;
    const purchase = this.#purchaseOf(this.#id);
    const { result } = purchase;
    if (result) {
      const voucher = this.#wallet.find(result.voucher);
      const undo = voucher ? this.#undo.render(words, voucher) : nothing;
      return purchase.renderResult(words, result, { voucher, undo });
    }
    const { value } = offers;
    if (!value) return this.renderAwaited(offers.failure, shop, load);
    const offer = value.items.find(({ id }) => id === this.#id);
    if (!offer || !(offer.available || purchase.mustStay)) {
      return renderNotice({ icon: sparkIcon(), title: words.own.notAvailable, lead: offer?.name ?? '' });
    }
    const done = (): void => void this.#afterRedeem(purchase);
    return purchase.renderConfirm(words, { offer, balance: value.balance }, { done, cancel: this.#back });
  }

  #purchaseOf(id: string): Purchase {
    const purchase = this.#purchases.get(id) ?? new Purchase(this, id);
    this.#purchases.set(id, purchase);
    return purchase;
  }

  readonly #back = (): void => {
    const row = `[data-reward="${CSS.escape(this.#id)}"]`;
    this.host.go('rewards');
    this.host.focusSoon(row);
    this.host.focusSoon(`${row} button`);
  };

  /** The answer is shown at once; what it does not say (the link, how long it can be undone) follows from the wallet. */
  async #afterRedeem(purchase: Purchase): Promise<void> {
    this.host.scrollToTop();
    this.host.focusSoon('[data-reward-heading]');
    void this.host.session.refresh();
    for (let time = 0; time < TIMES && this.#purchases.get(this.#id) === purchase; time += 1) {
      await this.#wallet.load();
      const voucher = this.#wallet.find(purchase.result?.voucher ?? '');
      if (voucher && voucher.status !== 'waiting') return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
