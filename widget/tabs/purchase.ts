/** One reward on its way to the shopper: what it costs is confirmed first, then points go and the code is there, each once. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import type { HubRedeemed } from '../../worker/wire/hub-rewards.ts';
import type { RewardOfferView } from '../../worker/wire/rewards.ts';
import { KeyedWrite } from '../controllers/keyed-write.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderCode } from './code.ts';
import { factsOf } from './offers.ts';
import type { PanelHost } from './panel.ts';
import { refusalOf } from './refusal.ts';
import type { TabPanel } from './tab-panel.ts';
import { worthOf } from './worth.ts';

export interface Terms {
  readonly offer: RewardOfferView;
  readonly balance: number;
}

export class Purchase {
  readonly #host: PanelHost;
  readonly #copy: TabPanel['copy'];
  readonly #reward: string;
  readonly #write: KeyedWrite<HubRedeemed>;
  /** Of a variable reward; null: the least. */
  #chosen: number | null = null;

  constructor({ host, copy }: TabPanel, reward: string) {
    this.#host = host;
    this.#copy = copy;
    this.#reward = reward;
    this.#write = new KeyedWrite(host);
  }

  get result(): HubRedeemed | null {
    return this.#write.value;
  }

  /** Forgetting it would forget the key, while points may be gone. */
  get mustStay(): boolean {
    return this.#write.pending || this.#write.unsure;
  }

  renderConfirm(
    words: TabWords,
    { offer, balance }: Terms,
    on: { done: () => void; cancel: () => void },
  ): TemplateResult {
    const { own } = words;
    const { failure, pending, unsure } = this.#write;
    const points = this.#pointsOf(offer);
    return html`
      <h3 class="detail-title" tabindex="-1" data-reward-heading><bdi>${offer.name}</bdi></h3>
      <p class="note">${factsOf(words, offer)}</p>
      ${offer.text ? html`<p class="note"><bdi>${offer.text}</bdi></p>` : nothing}
      ${offer.step && offer.mostPoints > offer.points ? this.#renderAmount(words, offer, points) : nothing}
      <dl class="terms" part="terms">
        ${offer.step ? row(own.worth, worthOf(words, { ...offer.worth, amountMinor: worthOfPoints(offer, points) })) : nothing}
        ${row(own.costs, words.points(points))} ${unsure ? nothing : row(own.remains, words.points(Math.max(0, balance - points)))}
      </dl>
      ${failure ? html`<p class="inline-error" role="alert">${refusalOf(words, failure, own.notAvailable)}</p>` : nothing}
      <div class="actions">
        <button class="button primary" part="button primary-button" aria-disabled=${pending} @click=${() => this.#redeem(offer, on.done)}>
          ${unsure ? words.strings.retry : words.fill(own.redeemFor, { points: words.points(points) })}
        </button>
        <button class="button" part="button" @click=${on.cancel}>${own.cancel}</button>
      </div>`;
  }

  renderResult(
    words: TabWords,
    bought: HubRedeemed,
    { voucher, undo }: { voucher: HubWalletVoucher | null; undo: TemplateResult | typeof nothing },
  ): TemplateResult {
    const { own, strings } = words;
    const isReady = voucher ? voucher.status !== 'waiting' : bought.ready;
    if (voucher?.status === 'returned') return renderNotMade(words, voucher);
    const heading = words.fill(isReady ? own.got : own.beingMade, { reward: bought.name });
    return html`
      <h3 class="detail-title" tabindex="-1" data-reward-heading>${heading}</h3>
      ${isReady ? nothing : html`<p class="note">${own.beingMadeLead}</p>`}
      ${renderCode(words, { code: bought.code, applyUrl: isReady ? (voucher?.applyUrl ?? null) : null, copy: this.#copy })}
      ${bought.endsAtMs === null ? nothing : html`<p class="note">${words.fill(own.validUntil, { date: words.date(bought.endsAtMs - 1) })}</p>`}
      <p class="balance-now">${words.plural(strings.balanceNow, bought.balance, { points: words.number(bought.balance) })}</p>
      ${undo}`;
  }

  #renderAmount(words: TabWords, offer: RewardOfferView, points: number): TemplateResult {
    const said = `${words.points(points)}, ${worthOf(words, { ...offer.worth, amountMinor: worthOfPoints(offer, points) })}`;
    return html`
      <label class="amount">
        <span>${words.own.howMany}</span>
        <input type="range" min=${offer.points} max=${offer.mostPoints} step=${offer.step?.points ?? 1} .value=${String(points)}
          ?disabled=${this.mustStay} aria-valuetext=${said} @input=${this.#choose} />
      </label>`;
  }

  readonly #choose = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLInputElement) this.#chosen = currentTarget.valueAsNumber;
    this.#host.requestUpdate();
  };

  #pointsOf({ points, mostPoints, step }: RewardOfferView): number {
    if (!step) return points;
    const chosen = this.#chosen ?? points;
    // What was sent stands, whatever has become of the balance meanwhile.
    return this.mustStay ? chosen : Math.max(points, Math.min(mostPoints, chosen));
  }

  async #redeem(offer: RewardOfferView, onDone: () => void): Promise<void> {
    const points = this.#pointsOf(offer);
    this.#chosen = points;
    const path = `/hub/v1/rewards/${encodeURIComponent(this.#reward)}/redeem`;
    if (await this.#write.send(path, { points: offer.step ? points : null })) onDone();
  }
}

const row = (label: string, value: string): TemplateResult =>
  html`<div class="term"><dt>${label}</dt><dd>${value}</dd></div>`;

const worthOfPoints = ({ step }: RewardOfferView, points: number): number =>
  step ? Math.floor(points / step.points) * step.worthMinor : 0;

function renderNotMade(words: TabWords, { pointsBack }: HubWalletVoucher): TemplateResult {
  const { own } = words;
  return html`<h3 class="detail-title" tabindex="-1" data-reward-heading>${words.fill(own.notMade, { points: words.points(pointsBack) })}</h3>`;
}
