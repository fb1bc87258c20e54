/** What was put on a gift card and taken from it, behind a press. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubGiftMove, HubGiftMoves, HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import { Pages, withCursor } from '../controllers/pages.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderInlineFailed } from '../views/placeholders.ts';
import type { PanelHost } from './panel.ts';

export class GiftMoves {
  readonly #host: PanelHost;
  /** By voucher, of the cards that are open. */
  readonly #open = new Map<string, Pages<HubGiftMove>>();

  constructor(host: PanelHost) {
    this.#host = host;
  }

  render(words: TabWords, { id, code, worth }: HubWalletVoucher): TemplateResult | typeof nothing {
    if (worth.kind !== 'gift_card') return nothing;
    const pages = this.#open.get(id);
    return html`
      <button class="text-button moves-button" aria-expanded=${pages !== undefined} @click=${() => this.#toggle(id)}>
        ${words.own.moves}<span class="hidden"> ${code}</span>
      </button>
      ${pages ? this.#renderMoves(words, pages, { id, currency: worth.currency }) : nothing}`;
  }

  #renderMoves(
    words: TabWords,
    pages: Pages<HubGiftMove>,
    { id, currency }: { id: string; currency: string },
  ): TemplateResult {
    const moves = pages.items([]);
    const hasMore = !pages.started || pages.cursor(null) !== null;
    return html`
      <ul class="moves">${moves.map((move) => renderMove(words, move, currency))}</ul>
      ${pages.started && moves.length === 0 ? html`<p class="note">${words.text.noActivity}</p>` : nothing}
      ${pages.pending ? html`<i class="bone line" aria-hidden="true"></i>` : nothing}
      ${pages.failed ? renderInlineFailed(words) : nothing}
      ${hasMore && !pages.pending ? html`<button class="text-button" @click=${() => this.#more(id, pages)}>${pages.failed ? words.strings.retry : words.text.moreOrders}</button>` : nothing}`;
  }

  #toggle(id: string): void {
    this.#host.requestUpdate();
    if (this.#open.delete(id)) return;
    const pages = new Pages<HubGiftMove>(this.#host);
    this.#open.set(id, pages);
    this.#more(id, pages);
  }

  #more(id: string, pages: Pages<HubGiftMove>): void {
    const path = withCursor(`/hub/v1/vouchers/${encodeURIComponent(id)}/moves`, pages.cursor(null));
    void pages.more((signal) => this.#host.session.get<HubGiftMoves>(path, signal));
  }
}

function renderMove(words: TabWords, move: HubGiftMove, currency: string): TemplateResult {
  const what = words.own.move[move.kind];
  const title = move.orderName ? words.fill(words.text.forOrder, { what, order: move.orderName }) : what;
  return html`
    <li class="term">
      <span>${title} <span class="note">${words.recent(move.atMs)}</span></span>
      <span>${words.money(move.amountMinor, currency)}</span>
    </li>`;
}
