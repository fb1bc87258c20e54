/** What every tab, and every part of one, does alike: asks the API in the shopper's name, grows lists, copies codes. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { Call } from '../controllers/call.ts';
import { type Page, Pages } from '../controllers/pages.ts';
import type { HubError } from '../session/api.ts';
import { TabWords } from '../strings/tab-words.ts';
import { renderFailed, renderRowsSkeleton } from '../views/placeholders.ts';
import { backIcon } from './order-icons.ts';
import type { Around, Panel, PanelHost } from './panel.ts';

export abstract class TabPanel implements Panel {
  readonly host: PanelHost;
  #view: HubCustomer | null = null;

  constructor(host: PanelHost) {
    this.host = host;
  }

  get words(): TabWords {
    return new TabWords(this.host.words);
  }

  show(_path: string): void {}

  abstract render(customer: HubCustomer, shop: HubShop, around?: Around): TemplateResult;

  /** `load` runs for the first view and for every newer one: what is shown besides belongs to the same moment. */
  protected forEachView(customer: HubCustomer, load: () => void): void {
    // Not now: a render may not ask for the next one.
    if (this.#view !== customer) queueMicrotask(load);
    this.#view = customer;
  }

  /** In place of what has not come: its outline, or that it failed. */
  protected renderAwaited(error: HubError | null, { links }: HubShop, onRetry: () => void): TemplateResult {
    if (!error) return renderRowsSkeleton();
    return renderFailed({ words: this.words, error, onRetry, accountHref: links.account });
  }

  protected renderBack(label: string, onBack: () => void): TemplateResult {
    return html`<button class="back" part="back" @click=${onBack}>${backIcon()}${label}</button>`;
  }

  protected async ask<T>(call: Call<T>, path: string): Promise<void> {
    await call.run((signal) => this.host.session.get<T>(path, signal));
  }

  /** The shopper joins the programme, or leaves it: the first tab shows what became of it. The same word again changes nothing. */
  protected async enrol(call: Call<object>, state: 'member' | 'candidate'): Promise<void> {
    const { session } = this.host;
    if (call.pending) return;
    await call.run(() => session.put('/hub/v1/membership', { state }));
    if (call.failure) return;
    await session.refresh();
    this.host.go('for-you');
    this.host.focusSoon('[data-heading]');
  }

  /** Under what was pressed, where it came to nothing. */
  protected renderRefused({ failure }: Call<object>, style = 'inline-error'): TemplateResult | typeof nothing {
    const { text, strings } = this.words;
    if (!failure) return nothing;
    const words = failure.key === 'rate_limited' ? strings.tooMany : text.notSaved;
    return html`<p class=${style} role="alert">${words}</p>`;
  }

  protected pages<T extends { readonly id: string }>(): Pages<T> {
    return new Pages<T>(this.host);
  }

  /** The next page of a list whose head ends at `headCursor`; `path` takes a cursor. */
  protected more<T extends { readonly id: string }>(pages: Pages<T>, path: string, headCursor: string | null): void {
    if (pages.pending) return;
    const cursor = pages.cursor(headCursor);
    const next = cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;
    void pages.more((signal) => this.host.session.get<Page<T>>(next, signal));
  }

  /**
   * `text` is what the nearest `data-copy` shows in a `bdi`. Where the clipboard is not to be had, it is selected there:
   * the shopper's own copy command does the rest.
   */
  readonly copy = ({ currentTarget }: Event, text: string): void => {
    const shown = currentTarget instanceof Element ? currentTarget.closest('[data-copy]')?.querySelector('bdi') : null;
    const select = (): void => {
      if (shown) getSelection()?.selectAllChildren(shown);
    };
    const done = (): void => this.host.announce(this.words.text.copied);
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select);
    else select();
  };
}
