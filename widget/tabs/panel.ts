/** What a tab's download provides, and what the drawer gives it to work with. */
import type { CSSResult, ReactiveControllerHost, TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { HubSession } from '../session/hub-session.ts';
import type { Words } from '../strings/words.ts';

export interface PanelHost extends ReactiveControllerHost {
  readonly session: HubSession;
  readonly words: Words;
  /** Says it to a screen reader, politely. */
  announce(text: string): void;
  /** Moves the focus to the first match once the next render is on the page. */
  focusSoon(selector: string): void;
  /** A new page of content begins at its top. */
  scrollToTop(): void;
}

export interface Panel {
  render(customer: HubCustomer, shop: HubShop): TemplateResult;
  /** `path` is what follows the tab in a deep link; `''` is the tab's first page. */
  show(path: string): void;
}

export interface PanelModule {
  readonly styles: readonly CSSResult[];
  createPanel(host: PanelHost): Panel;
}
