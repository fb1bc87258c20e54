/** The vouchers that the shopper holds, held against the cart of the page, newest first. */
import type { HubCart, HubWallet, HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import { Call } from '../controllers/call.ts';
import { Pages } from '../controllers/pages.ts';
import { HubError } from '../session/api.ts';
import { cartOf } from '../session/cart.ts';
import type { PanelHost } from './panel.ts';

const PAGE = '/hub/v1/wallet?limit=50';

export class Wallet {
  readonly #host: PanelHost;
  readonly #head: Call<HubWallet>;
  #older: Pages<HubWalletVoucher>;
  /** The shop's clock when the page was opened. */
  #openedMs = 0;

  constructor(host: PanelHost) {
    this.#host = host;
    this.#head = new Call(host);
    this.#older = new Pages(host);
  }

  /** null: not asked yet, or not answered. */
  get items(): readonly HubWalletVoucher[] | null {
    return this.#head.value && this.#older.items(this.#head.value.items);
  }

  get failure(): HubError | null {
    return this.#head.failure;
  }

  get olderFailed(): boolean {
    return this.#older.failed;
  }

  /** Whether there are more than are shown. */
  get hasOlder(): boolean {
    return this.#older.cursor(this.#head.value?.nextCursor ?? null) !== null;
  }

  /** What is left until an instant of the shop's: the browser's own clock may be wrong. */
  left(untilMs: number): number {
    return untilMs - this.#openedMs - performance.now();
  }

  find(id: string): HubWalletVoucher | null {
    return this.items?.find((voucher) => voucher.id === id) ?? null;
  }

  /** From the top: what was there stays until the answer comes. */
  async load(): Promise<void> {
    await this.#head.run((signal) => this.#ask(PAGE, signal));
    if (!this.failure) this.#older = new Pages(this.#host);
    this.#host.requestUpdate();
  }

  more(): void {
    const cursor = this.#older.cursor(this.#head.value?.nextCursor ?? null);
    if (this.#older.pending || cursor === null) return;
    void this.#older.more((signal) => this.#ask(`${PAGE}&cursor=${encodeURIComponent(cursor)}`, signal));
  }

  /** A cart that the API does not take says nothing about the vouchers: they are asked for without it. */
  async #ask(path: string, signal: AbortSignal): Promise<HubWallet> {
    const cart = await cartOf(this.#host.session.embed);
    try {
      return await this.#post(path, cart, signal);
    } catch (error) {
      const isRefused = error instanceof HubError && error.key === 'refused';
      if (!cart || !isRefused) throw error;
      return this.#post(path, null, signal);
    }
  }

  async #post(path: string, cart: HubCart | null, signal: AbortSignal): Promise<HubWallet> {
    const init = { method: 'POST', body: JSON.stringify({ cart }) };
    const wallet = await this.#host.session.get<HubWallet>(path, signal, init);
    this.#openedMs = wallet.nowMs - performance.now();
    return wallet;
  }
}
