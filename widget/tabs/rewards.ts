/** The rewards tab: what points buy, and, in a download of their own, one reward, the vouchers and friends. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { RewardOffers } from '../../worker/wire/rewards.ts';
import { Call } from '../controllers/call.ts';
import { Panels } from '../controllers/panels.ts';
import { HubError } from '../session/api.ts';
import { listStyles } from '../theme/lists.ts';
import { renderInlineFailed } from '../views/placeholders.ts';
import { renderOffers } from './offers.ts';
import type { Panel, PanelHost, Section } from './panel.ts';
import { rewardsStyles } from './rewards-styles.ts';
import { TabPanel } from './tab-panel.ts';

export const styles = [listStyles, rewardsStyles];

export const createPanel = (host: PanelHost): Panel => new Rewards(host);

class Rewards extends TabPanel {
  readonly #offers: Call<RewardOffers>;
  readonly #pages: Panels<'pages'>;
  #section = '';
  #reward = '';

  constructor(host: PanelHost) {
    super(host);
    this.#offers = new Call(host);
    this.#pages = new Panels<'pages'>(host, {
      pages: () => import('./rewards-pages.ts'),
    });
  }

  /** `''`, `vouchers`, `friends`, `redeem/{reward}`. */
  override show(path: string): void {
    const slash = `${path}/`.indexOf('/');
    this.#section = path.slice(0, slash);
    this.#reward = this.#section === 'redeem' ? path.slice(slash + 1) : '';
    this.#pages.show('pages', this.#reward);
    this.host.requestUpdate();
  }

  override render(customer: HubCustomer, shop: HubShop): TemplateResult {
    const sections = sectionsOf(customer, shop);
    const section = sections.find((one) => one === this.#section) ?? sections[0] ?? 'vouchers';
    if (section === 'redeem') this.forEachView(customer, this.#load);
    return html`
      ${sections.length > 1 ? this.#renderSections(sections, section) : nothing}
      ${section === 'redeem' && !this.#reward ? this.#renderList(shop) : this.#renderPage(section, customer, shop)}`;
  }

  #renderSections(sections: readonly Section[], selected: Section): TemplateResult {
    const { own, strings } = this.words;
    const names = { redeem: own.redeem, vouchers: strings.vouchers, friends: own.friends };
    return html`
      <nav class="sections" part="sections" aria-label=${own.sections}>
        ${sections.map(
          (one) => html`
            <button class="section" aria-current=${one === selected ? 'page' : 'false'} @click=${() => this.show(one)}>${names[one]}</button>`,
        )}
      </nav>`;
  }

  #renderList(shop: HubShop): TemplateResult {
    const { value, failure } = this.#offers;
    if (!value) return this.renderAwaited(failure, shop, this.#load);
    return html`${failure ? renderInlineFailed(this.words) : nothing}${renderOffers(this.words, value, this.#select)}`;
  }

  #renderPage(section: Section, customer: HubCustomer, shop: HubShop): TemplateResult {
    const panel = this.#pages.get('pages');
    if (panel) return panel.render(customer, shop, { section, offers: this.#offers, load: this.#load });
    const load = (): void => void this.#pages.load('pages');
    if (this.#pages.hasFailed('pages')) return this.renderAwaited(new HubError('unavailable'), shop, load);
    queueMicrotask(load);
    return this.renderAwaited(null, shop, load);
  }

  readonly #select = async (id: string): Promise<void> => {
    await this.#pages.load('pages');
    this.host.go(`rewards/redeem/${encodeURIComponent(id)}`);
    this.host.scrollToTop();
    this.host.focusSoon('[data-reward-heading]');
  };

  readonly #load = (): void => {
    void this.ask(this.#offers, '/hub/v1/rewards');
    // Most who see the list choose something on it.
    this.#pages.prefetch('pages').catch(() => {});
  };
}

/** Whoever the shop keeps out of its programme still holds what they hold. */
function sectionsOf({ participation }: HubCustomer, { programme }: HubShop): Section[] {
  const sections: (Section | null)[] = [
    programme.rewards && participation !== 'disabled' ? 'redeem' : null,
    'vouchers',
    programme.referrals && participation === 'member' ? 'friends' : null,
  ];
  return sections.filter((section) => section !== null);
}
