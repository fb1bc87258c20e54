/** `<customer-hub>`: the drawer. Decides which page is shown; what is on it belongs to the views and the tabs. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { HubCustomer, HubView } from '../../worker/wire/hub.ts';
import { type Downloads, Panels } from '../controllers/panels.ts';
import type { Embed, Opening } from '../embed.ts';
import { HubSession } from '../session/hub-session.ts';
import { ENGLISH_WORDS, Words } from '../strings/words.ts';
import type { PanelHost } from '../tabs/panel.ts';
import { controlStyles } from '../theme/controls.ts';
import { drawerStyles } from '../theme/drawer.ts';
import { tokens } from '../theme/tokens.ts';
import { renderHeader } from '../views/header.ts';
import { renderFailed, renderRowsSkeleton } from '../views/placeholders.ts';
import { renderFooter, renderSignedOut } from '../views/signed-out.ts';
import { renderPointsSkeleton, renderSkeleton } from '../views/skeleton.ts';
import { DrawerController } from './drawer-controller.ts';
import { renderTabList, TABS, type TabId } from './tab-list.ts';
import { pageLocale, parseTarget } from './target.ts';

const TAB_DOWNLOADS: Downloads<TabId> = {
  'for-you': () => import('../tabs/for-you.ts'),
  rewards: () => import('../tabs/rewards.ts'),
  orders: () => import('../tabs/orders.ts'),
  profile: () => import('../tabs/profile.ts'),
};

/**
 * @fires regulars-open - the drawer is on the page
 * @fires regulars-close - it has slid out and the focus is back
 */
export class CustomerHub extends LitElement implements PanelHost {
  static override styles = [tokens, drawerStyles, controlStyles];
  static override properties = {
    words: { state: true },
    tab: { state: true },
    announcement: { state: true },
  };

  words = ENGLISH_WORDS;
  private tab: TabId = 'for-you';
  private announcement = '';
  readonly session = new HubSession(this);
  readonly #drawer = new DrawerController(this);
  readonly #panels = new Panels(this, TAB_DOWNLOADS);
  #embed: Embed | null = null;
  #href: string | null = null;
  #balance: number | null = null;
  #shopLocale: string | null = null;

  /** Before the first opening: the words and the first tab arrive while the shopper is still moving to the link. */
  async prepare(embed: Embed): Promise<void> {
    this.#embed = embed;
    this.session.connect(embed);
    this.#panels.prefetch('for-you').catch(() => {});
    const locale = pageLocale(embed);
    const words = this.#learn(locale);
    // The shell speaks English already: only its tabs have to wait.
    if (!locale?.startsWith('en')) await words;
  }

  async open({ target, opener, href }: Opening): Promise<void> {
    const wasOpen = this.#drawer.isOpen;
    this.#href = href;
    this.go(target);
    await this.updateComplete;
    this.#drawer.open(opener);
    if (wasOpen) return;
    void this.session.refresh();
    this.dispatchEvent(new CustomEvent('regulars-open', { bubbles: true, composed: true }));
  }

  close(): void {
    void this.#drawer.close();
  }

  forget(): void {
    this.session.forget();
    this.#panels.forget();
    this.#balance = null;
    this.announcement = '';
    if (!this.#drawer.isOpen) return;
    void this.#panels.load(this.tab);
    void this.session.refresh();
  }

  onClosed(): void {
    // A deep link that was followed can be followed again.
    if (/^#hub(\/|$)/.test(location.hash)) history.replaceState(history.state, '', location.pathname + location.search);
    this.dispatchEvent(new CustomEvent('regulars-close', { bubbles: true, composed: true }));
  }

  go(target: string): void {
    const { tab, path } = parseTarget(target);
    this.#panels.show(tab, path);
    this.#select(tab);
  }

  announce(text: string): void {
    this.announcement = text;
  }

  focusSoon(selector: string): void {
    void this.updateComplete.then(() => this.#drawer.focus(selector));
  }

  scrollToTop(): void {
    this.renderRoot.querySelector('.body')?.scrollTo(0, 0);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const view = this.session.view;
    if (view && !pageLocale(this.#embed)) this.#speak(view.shop.locale);
    if (changed.has('words')) {
      this.lang = this.words.locale;
      this.dir = this.words.dir;
    }
    this.#announceBalance(view);
  }

  protected override render(): TemplateResult {
    const { words, session } = this;
    const drawer = this.#drawer;
    return html`
      <dialog
        class=${drawer.closing ? 'closing' : ''}
        part="dialog"
        aria-labelledby="title"
        @cancel=${drawer.onCancel}
        @close=${drawer.onClose}
        @keydown=${drawer.onKeydown}
        @pointerdown=${drawer.onPointerdown}
        @click=${drawer.onClick}
      >
        <div class="panel" part="panel" ?inert=${drawer.closing} aria-busy=${session.view || session.failure ? 'false' : 'true'}>
          ${renderHeader({ words, view: session.view, onClose: () => this.close() })} ${this.#renderPage()}
        </div>
        <p class="hidden" role="status">${session.view || session.failure ? this.announcement : words.strings.loading}</p>
      </dialog>`;
  }

  #renderPage(): TemplateResult {
    const { words, session } = this;
    const { view, failure } = session;
    if (view)
      return view.customer ? this.#renderSignedIn(view, view.customer) : renderSignedOut(words, view.shop, this.#href);
    if (!failure) return renderSkeleton(this.tab);
    const failed = renderFailed({
      words,
      error: failure,
      onRetry: this.#retry,
      accountHref: this.#href,
    });
    return html`<div class="body" part="body">${failed}</div>`;
  }

  #renderSignedIn({ shop }: HubView, customer: HubCustomer): TemplateResult {
    const { words, session } = this;
    const { forYou, orders, profile } = words.strings;
    const names = { 'for-you': forYou, rewards: this.#nameOfRewards(shop, customer), orders, profile };
    return html`
      ${renderTabList({
        label: words.strings.tabs,
        names,
        selected: this.tab,
        rtl: words.dir === 'rtl',
        onSelect: this.#select,
        onIntent: (tab) => void this.#panels.prefetch(tab).catch(() => {}),
      })}
      <div class="body" part="body">
        ${session.failure ? this.#renderStale() : nothing}
        ${TABS.map(
          (tab) => html`
            <section role="tabpanel" part="panel-${tab}" id="panel-${tab}" aria-labelledby="tab-${tab}" tabindex="0" ?hidden=${tab !== this.tab}>
              ${tab === this.tab ? this.#renderTab(tab, { shop, customer }) : nothing}
            </section>`,
        )}
        ${renderFooter(words, shop)}
      </div>`;
  }

  /** Vouchers are held without a programme as well, and stay with whom the shop keeps out of it. */
  #nameOfRewards({ programme }: HubView['shop'], { participation }: HubCustomer): string {
    const { rewards, vouchers } = this.words.strings;
    return participation !== 'disabled' && (programme.rewards || programme.referrals) ? rewards : vouchers;
  }

  #renderTab(tab: TabId, { shop, customer }: { shop: HubView['shop']; customer: HubCustomer }): TemplateResult {
    const panel = this.#panels.get(tab);
    const { words } = this;
    const canSpeak = words.language.tabStrings !== undefined;
    if (panel && canSpeak) return panel.render(customer, shop);
    if (canSpeak ? !this.#panels.hasFailed(tab) : words === ENGLISH_WORDS)
      return tab === 'for-you' ? renderPointsSkeleton() : renderRowsSkeleton();
    const onRetry = (): void => {
      void this.#panels.load(tab);
      if (!canSpeak) void this.#learn(pageLocale(this.#embed) ?? shop.locale);
    };
    return renderFailed({
      words,
      error: null,
      onRetry,
      accountHref: shop.links.account ?? this.#href,
    });
  }

  #renderStale(): TemplateResult {
    const { strings } = this.words;
    return html`<p class="stale" part="stale">${strings.stale} <button class="text-button" @click=${this.#retry}>${strings.retry}</button></p>`;
  }

  readonly #retry = (): void => {
    this.#drawer.focus('[data-heading]');
    void this.session.refresh();
  };

  readonly #select = (tab: TabId): void => {
    if (tab !== this.tab) this.scrollToTop();
    this.tab = tab;
    void this.#panels.load(tab);
  };

  /** The shop's own language, on a page that does not say which one it is in. */
  #speak(locale: string): void {
    if (locale === this.#shopLocale) return;
    this.#shopLocale = locale;
    void this.#learn(locale);
  }

  async #learn(locale: string | null): Promise<void> {
    this.words = await Words.load(locale);
  }

  /** Only a change is worth saying: the balance itself is on the page. */
  #announceBalance(view: HubView | null): void {
    const balance = view?.customer?.points.balance ?? null;
    if (balance !== null && this.#balance !== null && balance !== this.#balance) {
      const { words } = this;
      this.announcement = words.plural(words.strings.balanceNow, balance, {
        points: words.number(balance),
      });
    }
    this.#balance = balance ?? this.#balance;
  }
}
