/** The ways to earn, behind a press: opening the drawer asks for nothing more than the view. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubEarning, HubEarningWay } from '../../worker/wire/hub-programme.ts';
import { Call } from '../controllers/call.ts';
import { TabWords } from '../strings/tab-words.ts';
import { renderInlineFailed, renderRowsSkeleton } from '../views/placeholders.ts';
import type { PanelHost } from './panel.ts';

export class Earning {
  readonly #host: PanelHost;
  readonly #call: Call<HubEarning>;
  #isOpen = false;

  constructor(host: PanelHost) {
    this.#host = host;
    this.#call = new Call(host);
  }

  /** What is shown belongs to an older view. */
  renew(): void {
    if (this.#isOpen) this.#load();
  }

  render(currency: string): TemplateResult {
    const words = new TabWords(this.#host.words);
    return html`
      <button class="opener" aria-expanded=${this.#isOpen} aria-controls="ways" @click=${() => this.#toggle()}>
        ${words.text.earn}${openIcon()}
      </button>
      <div id="ways" ?hidden=${!this.#isOpen}>${this.#isOpen ? this.#renderWays(words, currency) : nothing}</div>`;
  }

  #renderWays(words: TabWords, currency: string): TemplateResult {
    const { value, failure } = this.#call;
    if (failure) {
      return html`
        ${renderInlineFailed(words)}
        <button class="button wide" part="button" @click=${() => this.#load()}>${words.strings.retry}</button>`;
    }
    if (!value) return renderRowsSkeleton(3);
    if (value.items.length === 0) return html`<p class="note">${words.text.noWays}</p>`;
    return html`
      ${value.bonuses.map((bonus) => html`<p class="bonus"><bdi>${bonus.name}</bdi>${renderUntil(words, bonus.endsAtMs)}</p>`)}
      <ul class="list">${value.items.map((way) => renderWay(words, way, currency))}</ul>`;
  }

  #toggle(): void {
    this.#isOpen = !this.#isOpen;
    if (this.#isOpen) this.#load();
    this.#host.requestUpdate();
  }

  #load(): void {
    void this.#call.run((signal) => this.#host.session.get<HubEarning>('/hub/v1/earning', signal));
  }
}

function renderWay(words: TabWords, way: HubEarningWay, currency: string): TemplateResult {
  const { text } = words;
  const conditions = [
    way.minimumMinor > 0 ? words.fill(text.minimum, { money: words.money(way.minimumMinor, currency) }) : null,
    way.endsAtMs === null ? null : words.fill(text.until, { date: words.date(way.endsAtMs) }),
    stateOf(words, way),
  ].filter((line) => line !== null);
  return html`
    <li class="entry ${way.state}">
      <div class="entry-what">
        <p class="entry-title"><bdi>${nameOf(words, way)}</bdi></p>
        ${conditions.map((line) => html`<p class="entry-date">${line}</p>`)}
      </div>
      <p class="gives">${givesOf(words, way.gives, currency)}</p>
    </li>`;
}

/** A birthday and a friend are named by no merchant. */
function nameOf({ text }: TabWords, { kind, name }: HubEarningWay): string {
  if (kind === 'birthday' || kind === 'referral') return text.way[kind];
  return name || (kind === 'order' ? text.way.order : text.earn);
}

function stateOf(words: TabWords, { state, againAtMs }: HubEarningWay): string | null {
  const { text } = words;
  if (state === 'available') return null;
  if (state === 'done') return `✓ ${text.done}`;
  return againAtMs === null ? text.notYet : words.fill(text.again, { date: words.date(againAtMs) });
}

function givesOf(words: TabWords, gives: HubEarningWay['gives'], currency: string): string {
  if (gives.kind === 'reward') return gives.name;
  if (gives.kind === 'points') return words.points(gives.points);
  const values = { points: words.points(gives.points), money: words.money(gives.perMinor, currency) };
  return words.fill(words.text.rate, values);
}

const renderUntil = (words: TabWords, endsAtMs: number | null): TemplateResult | typeof nothing =>
  endsAtMs === null
    ? nothing
    : html` <span class="note">${words.fill(words.text.until, { date: words.date(endsAtMs) })}</span>`;

const openIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 7.5l5 5 5-5" /></svg>`;
