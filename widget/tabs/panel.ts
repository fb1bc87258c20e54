/** What a tab's download provides, and what the drawer gives it to work with. */
import type { CSSResult, ReactiveControllerHost, TemplateResult } from 'lit';
import type { HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import type { RewardOffers } from '../../worker/wire/rewards.ts';
import type { Call } from '../controllers/call.ts';
import type { HubSession } from '../session/hub-session.ts';
import type { Words } from '../strings/words.ts';

export interface PanelHost extends ReactiveControllerHost {
  readonly session: HubSession;
  readonly words: Words;
  /** Where a panel's styles go. */
  readonly shadowRoot: ShadowRoot | null;
  /** Says it to a screen reader, politely. */
  announce(text: string): void;
  /** Another page of the drawer: `rewards`, `orders/{id}` … */
  go(target: string): void;
  /** Moves the focus to the first match once the next render is on the page. */
  focusSoon(selector: string): void;
  /** A new page of content begins at its top. */
  scrollToTop(): void;
}

export type Section = 'redeem' | 'vouchers' | 'friends';

/** What the rewards tab hands to its pages. */
export interface Around {
  readonly section: Section;
  readonly offers: Call<RewardOffers>;
  readonly load: () => void;
}

export interface Panel {
  render(customer: HubCustomer, shop: HubShop, around?: Around): TemplateResult;
  /** `path` is what follows the tab in a deep link; `''` is the tab's first page. */
  show(path: string): void;
}

export interface PanelModule {
  readonly styles: readonly CSSResult[];
  createPanel(host: PanelHost): Panel;
}
