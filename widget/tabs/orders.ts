/** The second tab: the orders, and one of them in detail. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop, OrderDetail, OrderPage, OrderSummary } from '../../worker/wire/hub.ts';
import { Call } from '../controllers/call.ts';
import { Pages, withCursor } from '../controllers/pages.ts';
import { TabWords } from '../strings/tab-words.ts';
import { listStyles } from '../theme/lists.ts';
import { renderFailed, renderInlineFailed, renderNotice, renderRowsSkeleton } from '../views/placeholders.ts';
import { renderBack, renderDetail, renderDetailHeader } from './order-detail.ts';
import { boxIcon } from './order-icons.ts';
import { renderOrderRow } from './order-row.ts';
import { ordersStyles } from './orders-styles.ts';
import type { Panel, PanelHost } from './panel.ts';

export const styles = [listStyles, ordersStyles];

export const createPanel = (host: PanelHost): Panel => new Orders(host);

class Orders implements Panel {
  readonly #host: PanelHost;
  readonly #pages: Pages<OrderSummary>;
  readonly #detail: Call<OrderDetail>;
  #selected = '';

  constructor(host: PanelHost) {
    this.#host = host;
    this.#pages = new Pages(host);
    this.#detail = new Call(host);
  }

  get #words(): TabWords {
    return new TabWords(this.#host.words);
  }

  /** A deep link's way in: the focus stays on the drawer's own heading. */
  show(path: string): void {
    this.#selected = path;
    if (path) this.#load(path);
    this.#host.requestUpdate();
  }

  render({ orders }: HubCustomer, shop: HubShop): TemplateResult {
    const items = this.#pages.items(orders.items);
    if (this.#selected) return this.#renderOne(items.find(({ id }) => id === this.#selected) ?? null, shop);
    return items.length ? this.#renderList(items, orders.nextCursor) : this.#renderNone();
  }

  #renderList(items: readonly OrderSummary[], headCursor: string | null): TemplateResult {
    const words = this.#words;
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
      <button class="button wide" part="button" aria-disabled=${pending ? 'true' : 'false'} @click=${() => this.#more(cursor)}>
        ${this.#words.text.moreOrders}
      </button>`;
  }

  #renderNone(): TemplateResult {
    const { text } = this.#words;
    return renderNotice({
      icon: boxIcon(),
      title: text.noOrders,
      lead: text.noOrdersLead,
    });
  }

  #renderOne(summary: OrderSummary | null, shop: HubShop): TemplateResult {
    const words = this.#words;
    const known = this.#detail.value ?? summary;
    return html`
      ${renderBack(words, () => this.#back())} ${known ? renderDetailHeader(words, known) : nothing}
      ${this.#renderDetail(shop)}`;
  }

  #renderDetail(shop: HubShop): TemplateResult {
    const words = this.#words;
    const { value, failure } = this.#detail;
    if (value) return renderDetail(words, value, (text) => this.#host.announce(text));
    if (!failure) return renderRowsSkeleton();
    if (failure.key !== 'not_found') {
      const onRetry = (): void => this.#load(this.#selected);
      return renderFailed({
        words,
        error: failure,
        onRetry,
        accountHref: shop.links.account,
      });
    }
    const { orderNotFound: title, orderNotFoundLead: lead } = words.text;
    return renderNotice({ icon: boxIcon(), title, lead });
  }

  #select(id: string): void {
    this.show(id);
    this.#host.scrollToTop();
    this.#host.focusSoon('[data-order-heading]');
  }

  #back(): void {
    const from = this.#selected;
    this.#detail.reset();
    this.show('');
    this.#host.scrollToTop();
    this.#host.focusSoon(`[data-order="${CSS.escape(from)}"]`);
  }

  #load(id: string): void {
    this.#detail.reset();
    const path = `/hub/v1/orders/${encodeURIComponent(id)}`;
    void this.#detail.run((signal) => this.#host.session.get<OrderDetail>(path, signal));
  }

  #more(cursor: string): void {
    if (this.#pages.pending) return;
    const path = withCursor('/hub/v1/orders', cursor);
    void this.#pages.more((signal) => this.#host.session.get<OrderPage>(path, signal));
  }
}
