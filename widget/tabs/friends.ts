/** Bringing friends: the link, what both sides get, and what has become of those who came. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { HubReferrals, ReferralGift } from '../../worker/wire/hub-referrals.ts';
import { Call } from '../controllers/call.ts';
import { type Pages, withCursor } from '../controllers/pages.ts';
import { safeHref } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderInlineFailed } from '../views/placeholders.ts';
import type { PanelHost } from './panel.ts';
import { TabPanel } from './tab-panel.ts';

const PATH = '/hub/v1/referrals';

type Told = HubReferrals['items'][number];
/** Who they are is not told: a place in the list is all there is to know one by. */
type Friend = Told & { readonly id: string };

export class Friends extends TabPanel {
  readonly #head: Call<HubReferrals>;
  #older: Pages<Friend>;

  constructor(host: PanelHost) {
    super(host);
    this.#head = new Call(host);
    this.#older = this.pages();
  }

  override render(customer: HubCustomer, shop: HubShop): TemplateResult {
    this.forEachView(customer, this.#load);
    const { words } = this;
    const { value, failure } = this.#head;
    if (!value) return this.renderAwaited(failure, shop, this.#load);
    const link = linkOf(value);
    return html`
      ${failure ? renderInlineFailed(words) : nothing}
      ${link ? this.#renderInvitation(words, value, { link, title: shop.name }) : html`<p class="note">${words.own.mayNotInvite}</p>`}
      ${this.#renderFriends(words, value)}`;
  }

  #renderInvitation(
    words: TabWords,
    { gift, friendGift, minimumMinor, currency }: HubReferrals,
    { link, title }: { link: string; title: string },
  ): TemplateResult {
    const { own, text } = words;
    const condition =
      minimumMinor > 0 ? words.fill(text.minimum, { money: words.money(minimumMinor, currency) }) : null;
    return html`
      <h3 class="detail-title">${own.invite}</h3>
      <dl class="terms" part="terms">
        ${renderGift(words, own.friendGets, friendGift)} ${renderGift(words, own.youGet, gift)}
      </dl>
      ${condition ? html`<p class="note">${condition}</p>` : nothing}
      <div class="code-box" data-copy>
        <p class="link"><span class="hidden">${own.yourLink}: </span><bdi>${link}</bdi></p>
        <div class="row-actions">
          ${'share' in navigator ? html`<button class="button primary" part="button primary-button" @click=${() => share({ url: link, title })}>${own.share}</button>` : nothing}
          <button class="button" part="button" @click=${(event: Event) => this.copy(event, link)}>${own.copyLink}</button>
        </div>
      </div>`;
  }

  #renderFriends(words: TabWords, { items, completed, nextCursor }: HubReferrals): TemplateResult {
    const { own, text } = words;
    const friends = this.#older.items(numbered(items, ''));
    const cursor = this.#older.cursor(nextCursor);
    if (friends.length === 0) return html`<p class="note">${own.noFriends}</p>`;
    return html`
      <h3 class="section-title" id="friends-title">${own.yourFriends}</h3>
      <p class="note">${words.plural(own.came, completed, { count: words.number(completed) })}</p>
      <ul class="list" aria-labelledby="friends-title">
        ${friends.map(
          ({ startedAtMs, status }) => html`
          <li class="term friend">
            <span>${words.fill(own.invited, { date: words.recent(startedAtMs) })}</span>
            <span class=${status === 'completed' ? 'fits' : 'note'}>${own.friend[status]}</span>
          </li>`,
        )}
      </ul>
      ${this.#older.failed ? renderInlineFailed(words) : nothing}
      ${cursor === null ? nothing : html`<button class="button wide" part="button" @click=${() => this.#more(cursor)}>${text.moreOrders}</button>`}`;
  }

  readonly #load = async (): Promise<void> => {
    await this.ask(this.#head, PATH);
    if (this.#head.failure) return;
    this.#older = this.pages();
    this.host.requestUpdate();
  };

  #more(cursor: string): void {
    if (this.#older.pending) return;
    void this.#older.more(async (signal) => {
      const page = await this.host.session.get<HubReferrals>(withCursor(PATH, cursor), signal);
      return { items: numbered(page.items, cursor), nextCursor: page.nextCursor };
    });
  }
}

const numbered = (items: readonly Told[], page: string): Friend[] =>
  items.map((told, at) => ({ ...told, id: `${page}/${at}` }));

/** A shop that makes its links itself has them lead to its front page. */
function linkOf({ mayRefer, code, link }: HubReferrals): string | null {
  if (!mayRefer || code === null) return null;
  return safeHref(link ?? `/?ref=${encodeURIComponent(code)}`);
}

function renderGift(words: TabWords, label: string, gift: ReferralGift | null): TemplateResult | typeof nothing {
  if (!gift) return nothing;
  const what = gift.kind === 'points' ? words.points(gift.points) : gift.name;
  return html`<div class="term"><dt>${label}</dt><dd><bdi>${what}</bdi></dd></div>`;
}

/** Thinking better of it is no failure. */
function share(what: ShareData): void {
  navigator.share(what).catch(() => {});
}
