/** The first tab: the balance, where the shopper stands, how points are earned, and what happened last. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import { Call } from '../controllers/call.ts';
import type { Pages } from '../controllers/pages.ts';
import { listStyles } from '../theme/lists.ts';
import { sparkIcon } from '../views/icons.ts';
import { renderInlineFailed, renderNotice } from '../views/placeholders.ts';
import { type Activity, renderActivity } from './activity.ts';
import { renderBalance, renderInvitation } from './balance.ts';
import { Earning } from './earning.ts';
import { forYouStyles } from './for-you-styles.ts';
import type { Panel, PanelHost } from './panel.ts';
import { TabPanel } from './tab-panel.ts';
import { renderTier } from './tier.ts';

export const styles = [listStyles, forYouStyles];

/** The view brings this many; fewer means that there are no more. */
const IN_VIEW = 5;

export const createPanel = (host: PanelHost): Panel => new ForYou(host);

class ForYou extends TabPanel {
  readonly #pages: Pages<Activity>;
  readonly #earning: Earning;
  readonly #joining: Call<object>;

  constructor(host: PanelHost) {
    super(host);
    this.#pages = this.pages();
    this.#earning = new Earning(host);
    this.#joining = new Call(host);
  }

  override render(customer: HubCustomer, shop: HubShop): TemplateResult {
    const { participation, tier, activity } = customer;
    if (participation === 'disabled') return this.#renderKeptOut();
    this.forEachView(customer, () => this.#earning.renew());
    return html`
      ${this.#renderStanding(customer, shop)}
      ${tier && participation === 'member' ? renderTier(this.words, tier, shop.currency) : nothing}
      ${shop.programme.earning ? this.#earning.render(shop.currency) : nothing}
      ${activity.length ? this.#renderLatest(activity) : this.#renderNone()}`;
  }

  #renderStanding({ participation, points }: HubCustomer, shop: HubShop): TemplateResult {
    const { words } = this;
    if (participation !== 'candidate' || !shop.programme.joining) return renderBalance(words, points, shop);
    const joining = this.#joining;
    return renderInvitation(
      words,
      { points, shop },
      html`
      <button class="button wide join" part="button" aria-disabled=${joining.pending} @click=${() => this.enrol(joining, 'member')}>${words.text.join}</button>
      ${this.renderRefused(joining, 'worth')}`,
    );
  }

  /** What was earned elsewhere still holds: the other tabs have it. */
  #renderKeptOut(): TemplateResult {
    const { text } = this.words;
    return renderNotice({ icon: sparkIcon(), title: text.keptOut, lead: text.keptOutLead });
  }

  #renderLatest(latest: readonly Activity[]): TemplateResult {
    const { words } = this;
    return html`
      <h3 class="section-title" id="activity-title">${words.text.activity}</h3>
      <ul class="list" part="activity" aria-labelledby="activity-title">
        ${this.#pages.items(latest).map((entry) => renderActivity(words, entry))}
      </ul>
      ${this.#renderMore(latest)}`;
  }

  #renderMore(latest: readonly Activity[]): TemplateResult | typeof nothing {
    const { text } = this.words;
    const { started, pending, failed } = this.#pages;
    const isAll = started ? this.#pages.cursor(null) === null : latest.length < IN_VIEW;
    if (isAll) return nothing;
    return html`
      ${failed ? renderInlineFailed(this.words) : nothing}
      <button class="button wide" part="button" aria-disabled=${pending} @click=${() => this.more(this.#pages, '/hub/v1/activity', null)}>
        ${started ? text.earlierActivity : text.allActivity}
      </button>`;
  }

  #renderNone(): TemplateResult {
    const { text } = this.words;
    return renderNotice({
      icon: sparkIcon(),
      title: text.noActivity,
      lead: text.noActivityLead,
    });
  }
}
