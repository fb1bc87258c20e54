/** Giving a reward back while there is time. The points count again when the API has said so. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import type { HubUndone } from '../../worker/wire/hub-rewards.ts';
import { KeyedWrite } from '../controllers/keyed-write.ts';
import type { TabWords } from '../strings/tab-words.ts';
import type { PanelHost } from './panel.ts';
import { refusalOf } from './refusal.ts';
import type { Wallet } from './wallet.ts';

const TICK_MS = 20_000;

export class Undo {
  readonly #host: PanelHost;
  readonly #wallet: Wallet;
  readonly #reload: () => void;
  /** By voucher. */
  readonly #writes = new Map<string, KeyedWrite<HubUndone>>();
  /** What the last one gave back. */
  done: HubUndone | null = null;
  #timer = 0;

  constructor(host: PanelHost, wallet: Wallet, reload: () => void) {
    this.#host = host;
    this.#wallet = wallet;
    this.#reload = reload;
  }

  /** Nothing where it is too late, or done. */
  render(words: TabWords, { id, code, undoUntilMs }: HubWalletVoucher): TemplateResult | typeof nothing {
    const left = this.#wallet.left(undoUntilMs ?? 0);
    const write = this.#writes.get(id);
    if (write?.value || (left <= 0 && !write?.failure)) return nothing;
    this.#tick();
    const { own, strings } = words;
    const { failure = null, unsure = false, pending = false } = write ?? {};
    return html`
      <div class="undo">
        <button class="text-button" aria-disabled=${pending} @click=${() => this.#undo(id)}>
          ${unsure ? strings.retry : own.undo}<span class="hidden"> ${code}</span>
        </button>
        ${left > 0 ? html`<span class="note">${words.fill(own.undoLeft, { time: words.left(left) })}</span>` : nothing}
        ${failure ? html`<p class="inline-error" role="alert">${refusalOf(words, failure, own.undoTooLate)}</p>` : nothing}
      </div>`;
  }

  renderDone(words: TabWords): TemplateResult | typeof nothing {
    if (!this.done) return nothing;
    const { points, balance } = this.done;
    return html`
      <div class="undone" tabindex="-1" data-undone>
        <p>${words.fill(words.own.undone, { points: words.points(points) })}</p>
        <p class="note">${words.plural(words.strings.balanceNow, balance, { points: words.number(balance) })}</p>
      </div>`;
  }

  /** Another page is shown. */
  forget(): void {
    this.done = null;
  }

  async #undo(id: string): Promise<void> {
    const write = this.#writes.get(id) ?? new KeyedWrite<HubUndone>(this.#host);
    this.#writes.set(id, write);
    this.done = await write.send(`/hub/v1/vouchers/${encodeURIComponent(id)}/undo`, null);
    if (!this.done) return;
    this.#host.requestUpdate();
    this.#host.scrollToTop();
    this.#host.focusSoon('[data-undone]');
    await this.#refresh();
  }

  /** A new view has what is shown asked for again; where it does not come, that happens all the same. */
  async #refresh(): Promise<void> {
    const { session } = this.#host;
    const before = session.view;
    await session.refresh();
    if (session.view === before) this.#reload();
  }

  /** The time left is told anew while it is on the page. */
  #tick(): void {
    if (this.#timer) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#host.requestUpdate();
    }, TICK_MS);
  }
}
