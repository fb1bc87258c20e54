/** The vouchers and gift cards: what can be used, and, folded away, what is over. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderInlineFailed, renderNotice } from '../views/placeholders.ts';
import { GiftMoves } from './gift-moves.ts';
import { boxIcon } from './order-icons.ts';
import type { PanelHost } from './panel.ts';
import { TabPanel } from './tab-panel.ts';
import { Undo } from './undo.ts';
import { isOver, renderOver, renderVoucher } from './voucher-card.ts';
import { Wallet } from './wallet.ts';

export class Vouchers extends TabPanel {
  readonly #wallet: Wallet;
  readonly #undo: Undo;
  readonly #moves: GiftMoves;
  #pastIsOpen = false;

  constructor(host: PanelHost) {
    super(host);
    this.#wallet = new Wallet(host);
    this.#undo = new Undo(host, this.#wallet, this.#load);
    this.#moves = new GiftMoves(host);
  }

  override show(): void {
    this.#undo.forget();
  }

  override render(customer: HubCustomer, shop: HubShop): TemplateResult {
    this.forEachView(customer, this.#load);
    const { words } = this;
    const { items, failure } = this.#wallet;
    if (items) return this.#renderAll(words, items);
    return this.renderAwaited(failure, shop, this.#load);
  }

  #renderAll(words: TabWords, items: readonly HubWalletVoucher[]): TemplateResult {
    const { failure, olderFailed, hasOlder } = this.#wallet;
    if (items.length === 0) {
      return renderNotice({ icon: boxIcon(), title: words.own.noVouchers, lead: words.own.noVouchersLead });
    }
    const over = items.filter(({ status }) => isOver(status));
    return html`
      ${this.#undo.renderDone(words)}
      <ul part="vouchers" aria-label=${words.strings.vouchers}>
        ${sorted(items).map((voucher) => this.#renderOne(words, voucher))}
      </ul>
      ${over.length > 0 ? this.#renderPast(words, over) : nothing}
      ${failure || olderFailed ? renderInlineFailed(words) : nothing}
      ${hasOlder ? html`<button class="button wide" part="button" @click=${() => this.#wallet.more()}>${words.text.moreOrders}</button>` : nothing}`;
  }

  #renderOne(words: TabWords, voucher: HubWalletVoucher): TemplateResult {
    return renderVoucher(words, voucher, {
      undo: this.#undo.render(words, voucher),
      moves: this.#moves.render(words, voucher),
      copy: this.copy,
    });
  }

  #renderPast(words: TabWords, over: readonly HubWalletVoucher[]): TemplateResult {
    const isOpen = this.#pastIsOpen;
    return html`
      <button class="opener" aria-expanded=${isOpen} aria-controls="past" @click=${this.#togglePast}>
        ${words.own.past} (${words.number(over.length)})
      </button>
      <ul id="past" class="list" ?hidden=${!isOpen}>
        ${isOpen ? over.map((voucher) => renderOver(words, voucher, this.#moves.render(words, voucher))) : nothing}
      </ul>`;
  }

  readonly #load = (): void => void this.#wallet.load();

  readonly #togglePast = (): void => {
    this.#pastIsOpen = !this.#pastIsOpen;
    this.host.requestUpdate();
  };
}

/** What can be used comes first, and of that what fits the cart; the newest first among equals. */
function sorted(items: readonly HubWalletVoucher[]): HubWalletVoucher[] {
  const rank = ({ status, applicable }: HubWalletVoucher): number =>
    status === 'available' ? (applicable === false ? 1 : 0) : 2;
  return items.filter(({ status }) => !isOver(status)).toSorted((one, other) => rank(one) - rank(other));
}
