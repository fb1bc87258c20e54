/** The first tab: the balance, what it is worth, what ends next, and what happened last. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ActivityPage, HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import { Pages, withCursor } from '../controllers/pages.ts';
import { TabWords } from '../strings/tab-words.ts';
import { listStyles } from '../theme/lists.ts';
import { sparkIcon } from '../views/icons.ts';
import { renderInlineFailed, renderNotice } from '../views/placeholders.ts';
import { type Activity, renderActivity } from './activity.ts';
import { forYouStyles } from './for-you-styles.ts';
import type { Panel, PanelHost } from './panel.ts';

export const styles = [listStyles, forYouStyles];

/** The view brings this many; fewer means that there are no more. */
const IN_VIEW = 5;

export const createPanel = (host: PanelHost): Panel => new ForYou(host);

class ForYou implements Panel {
  readonly #host: PanelHost;
  readonly #pages: Pages<Activity>;

  constructor(host: PanelHost) {
    this.#host = host;
    this.#pages = new Pages(host);
  }

  get #words(): TabWords {
    return new TabWords(this.#host.words);
  }

  show(): void {}

  render({ points, activity }: HubCustomer, shop: HubShop): TemplateResult {
    return html`${this.#renderBalance(points, shop)} ${activity.length ? this.#renderLatest(activity) : this.#renderNone()}`;
  }

  #renderBalance({ balance, worthMinor, nextExpiry }: HubCustomer['points'], shop: HubShop): TemplateResult {
    const words = this.#words;
    const { text } = words;
    const worth =
      worthMinor !== null && balance > 0
        ? words.fill(text.worth, {
            money: words.money(worthMinor, shop.currency),
          })
        : null;
    const number = words.number(balance);
    return html`
      <div class="card" part="card balance">
        <p class="balance-number"><strong class=${number.length > 8 ? 'long' : ''}>${number}</strong> <span>${words.plural(text.points, balance)}</span></p>
        ${worth ? html`<p class="worth" part="worth">${worth}</p>` : nothing}
        ${balance < 0 ? html`<p class="worth">${words.plural(text.debt, balance)}</p>` : nothing}
        ${nextExpiry ? this.#renderExpiry(nextExpiry) : nothing}
      </div>`;
  }

  #renderExpiry({ points, atMs }: NonNullable<HubCustomer['points']['nextExpiry']>): TemplateResult {
    const words = this.#words;
    const values = { points: words.number(points), date: words.date(atMs) };
    return html`<p class="expiry" part="expiry">${clockIcon()} <span>${words.plural(words.text.expiry, points, values)}</span></p>`;
  }

  #renderLatest(latest: readonly Activity[]): TemplateResult {
    const words = this.#words;
    return html`
      <h3 class="section-title" id="activity-title">${words.text.activity}</h3>
      <ul class="list" part="activity" aria-labelledby="activity-title">
        ${this.#pages.items(latest).map((entry) => renderActivity(words, entry))}
      </ul>
      ${this.#renderMore(latest)}`;
  }

  #renderMore(latest: readonly Activity[]): TemplateResult | typeof nothing {
    const { text } = this.#words;
    const { started, pending, failed } = this.#pages;
    const isAll = started ? this.#pages.cursor(null) === null : latest.length < IN_VIEW;
    if (isAll) return nothing;
    return html`
      ${failed ? renderInlineFailed(this.#words) : nothing}
      <button class="button wide" part="button" aria-disabled=${pending ? 'true' : 'false'} @click=${() => this.#more()}>
        ${started ? text.earlierActivity : text.allActivity}
      </button>`;
  }

  #renderNone(): TemplateResult {
    const { text } = this.#words;
    return renderNotice({
      icon: sparkIcon(),
      title: text.noActivity,
      lead: text.noActivityLead,
    });
  }

  #more(): void {
    if (this.#pages.pending) return;
    const path = withCursor('/hub/v1/activity', this.#pages.cursor(null));
    void this.#pages.more((signal) => this.#host.session.get<ActivityPage>(path, signal));
  }
}

const clockIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="6.5" /><path d="M10 6.5V10l2.5 1.5" /></svg>`;
