/** The second tab: the orders, and one of them in detail. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop, OrderDetail, OrderSummary } from '../../worker/wire/hub.ts';
import { Call } from '../controllers/call.ts';
import type { Pages } from '../controllers/pages.ts';
import { listStyles } from '../theme/lists.ts';
import { renderInlineFailed, renderNotice } from '../views/placeholders.ts';
import { renderDetail, renderDetailHeader } from './order-detail.ts';
import { boxIcon } from './order-icons.ts';
import { renderOrderRow } from './order-row.ts';
import { ordersStyles } from './orders-styles.ts';
import type { Panel, PanelHost } from './panel.ts';
import { TabPanel } from './tab-panel.ts';

export const styles = [listStyles, ordersStyles];

export const createPanel = (host: PanelHost): Panel => new Orders(host);

class Orders extends TabPanel {
  readonly #pages: Pages<OrderSummary>;
  readonly #detail: Call<OrderDetail>;
  #selected = '';

  constructor(host: PanelHost) {
    super(host);
    this.#pages = this.pages();
    this.#detail = new Call(host);
  }

  /** A deep link's way in: the focus stays on the drawer's own heading. */
  override show(path: string): void {
    this.#selected = path;
    if (path) this.#load(path);
    this.host.requestUpdate();
  }

  override render({ orders }: HubCustomer, shop: HubShop): TemplateResult {
    const items = this.#pages.items(orders.items);
    if (this.#selected) return this.#renderOne(items.find(({ id }) => id === this.#selected) ?? null, shop);
    return items.length ? this.#renderList(items, orders.nextCursor) : this.#renderNone();
  }

  #renderList(items: readonly OrderSummary[], headCursor: string | null): TemplateResult {
    const { words } = this;
    const cursor = this.#pages.cursor(headCursor);
    return html`
      <ul class="list" part="orders" aria-label=${words.strings.orders}>
        ${items.map((order) => renderOrderRow(words, order, () => this.#select(order.id)))}
      </ul>
      ${this.#pages.failed ? renderInlineFailed(words) : nothing}
      ${cursor === null ? nothing : this.#renderMore(cursor)}`;
  }

  #renderMore(cursor: string): TemplateResult {
    const { pending } = this.#pages;
    return html`
      <button class="button wide" part="button" aria-disabled=${pending} @click=${() => this.more(this.#pages, '/hub/v1/orders', cursor)}>
        ${this.words.text.moreOrders}
      </button>`;
  }

  #renderNone(): TemplateResult {
    const { text } = this.words;
    return renderNotice({
      icon: boxIcon(),
      title: text.noOrders,
      lead: text.noOrdersLead,
    });
  }

  #renderOne(summary: OrderSummary | null, shop: HubShop): TemplateResult {
    const { words } = this;
    const known = this.#detail.value ?? summary;
    return html`
      ${this.renderBack(words.text.allOrders, () => this.#back())} ${known ? renderDetailHeader(words, known) : nothing}
      ${this.#renderDetail(shop)}`;
  }

  #renderDetail(shop: HubShop): TemplateResult {
    const { words } = this;
    const { value, failure } = this.#detail;
    if (value) return renderDetail(words, value, this.copy);
    if (failure?.key !== 'not_found') return this.renderAwaited(failure, shop, () => this.#load(this.#selected));
    const { orderNotFound: title, orderNotFoundLead: lead } = words.text;
    return renderNotice({ icon: boxIcon(), title, lead });
  }

  #select(id: string): void {
    this.show(id);
    this.host.scrollToTop();
    this.host.focusSoon('[data-order-heading]');
  }

  #back(): void {
    const from = this.#selected;
    this.#detail.reset();
    this.show('');
    this.host.scrollToTop();
    this.host.focusSoon(`[data-order="${CSS.escape(from)}"]`);
  }

  #load(id: string): void {
    this.#detail.reset();
    void this.ask(this.#detail, `/hub/v1/orders/${encodeURIComponent(id)}`);
  }
}
