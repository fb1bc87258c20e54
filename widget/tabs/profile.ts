/** The profile tab: who the shop thinks the shopper is, and which messages they want. A switch shows its new state at once. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubConsent, HubConsentWrite, HubCustomer, HubShop } from '../../worker/wire/hub.ts';
import { Call } from '../controllers/call.ts';
import { HubError } from '../session/api.ts';
import { listStyles } from '../theme/lists.ts';
import type { Panel, PanelHost } from './panel.ts';
import { profileStyles } from './profile-styles.ts';
import { TabPanel } from './tab-panel.ts';

export const styles = [listStyles, profileStyles];

export const createPanel = (host: PanelHost): Panel => new Profile(host);

type Channel = HubConsent['channel'];

class Profile extends TabPanel {
  /** What is asked for and not answered, by channel. */
  readonly #asked = new Map<Channel, HubConsent['state']>();
  /** Answers since the view they belong to. */
  readonly #answered = new Map<Channel, HubConsent>();
  readonly #failed = new Map<Channel, string>();
  readonly #leaving: Call<object>;
  #asksToLeave = false;
  #view: HubCustomer | null = null;

  constructor(host: PanelHost) {
    super(host);
    this.#leaving = new Call(host);
  }

  override show(): void {
    this.#asksToLeave = false;
  }

  override render(customer: HubCustomer, shop: HubShop): TemplateResult {
    if (this.#view !== customer) this.#answered.clear();
    this.#view = customer;
    return html`
      ${this.#renderDetails(customer)} ${this.#renderMessages(customer, shop)}
      ${shop.programme.joining && customer.participation === 'member' ? this.#renderLeaving() : nothing}`;
  }

  #renderDetails({ name, firstName, email }: HubCustomer): TemplateResult | typeof nothing {
    const { text } = this.words;
    const lines = [
      { label: text.name, value: name ?? firstName },
      { label: text.email, value: email },
    ].filter(({ value }) => value !== null);
    if (lines.length === 0) return nothing;
    return html`
      <h3 class="section-title first">${text.details}</h3>
      <dl class="details" part="details">
        ${lines.map(({ label, value }) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}
      </dl>`;
  }

  #renderMessages({ consents }: HubCustomer, shop: HubShop): TemplateResult {
    const { words } = this;
    const { text } = words;
    const title = html`<h3 class="section-title" id="messages-title">${text.messages}</h3>`;
    if (consents.length === 0) return html`${title}<p class="channel-note">${text.noChannels}</p>`;
    return html`
      ${title}
      <p class="channel-note">${words.fill(text.messagesLead, { shop: shop.name })}</p>
      <ul class="list" part="channels" aria-labelledby="messages-title">
        ${consents.map((consent) => this.#renderChannel(this.#answered.get(consent.channel) ?? consent))}
      </ul>
      ${this.#renderLegalLine()}`;
  }

  #renderChannel(consent: HubConsent): TemplateResult {
    const { channel } = consent;
    const asked = this.#asked.get(channel);
    const state = asked ?? consent.state;
    const isOn = state === 'subscribed' || state === 'pending';
    const blocked = consent.suppression !== null;
    const failure = this.#failed.get(channel);
    return html`
      <li>
        <button
          class="channel"
          part="channel"
          role="switch"
          aria-checked=${isOn && !blocked}
          aria-disabled=${blocked || asked !== undefined}
          aria-labelledby="name-${channel}"
          aria-describedby="note-${channel}"
          @click=${() => this.#toggle(consent, isOn)}
        >
          <span class="channel-words">
            <span class="channel-name" id="name-${channel}">${this.#nameOf(channel)}</span>
            <span class="channel-note" id="note-${channel}">${this.#noteOf(consent, state)}</span>
          </span>
          <span class="track" aria-hidden="true"><i class="thumb"></i></span>
        </button>
        ${failure ? html`<p class="inline-error" role="alert">${failure}</p>` : nothing}
      </li>`;
  }

  /** What switching on means; privacy and terms stand at the foot of the drawer, whichever tab is open. */
  #renderLegalLine(): TemplateResult {
    return html`<p class="legal-line" part="legal-line">${this.words.text.messagesLegal}</p>`;
  }

  /** Asked before it is done, with what becomes of the points. Only where whoever leaves may come back. */
  #renderLeaving(): TemplateResult {
    const { text } = this.words;
    const isOpen = this.#asksToLeave;
    return html`
      <button class="opener" aria-expanded=${isOpen} aria-controls="leave" @click=${this.#askToLeave}>${text.leave}</button>
      <div id="leave" ?hidden=${!isOpen}>
        <p class="legal-line">${text.leaveLead}</p>
        <button class="button wide" part="button" aria-disabled=${this.#leaving.pending} @click=${() => this.enrol(this.#leaving, 'candidate')}>${text.leaveNow}</button>
        ${this.renderRefused(this.#leaving)}
      </div>`;
  }

  readonly #askToLeave = (): void => {
    this.#asksToLeave = !this.#asksToLeave;
    this.host.requestUpdate();
  };

  #nameOf(channel: Channel): string {
    const { text } = this.words;
    return { email: text.emails, sms: text.textMessages, push: text.notifications }[channel];
  }

  #noteOf({ suppression }: HubConsent, state: HubConsent['state']): string {
    const { text } = this.words;
    if (suppression === 'bounced') return text.unreachable;
    if (suppression !== null) return text.suppressed;
    if (state === 'pending') return text.unconfirmed;
    return state === 'subscribed' ? text.subscribed : text.notSubscribed;
  }

  #toggle({ channel, suppression }: HubConsent, isOn: boolean): void {
    if (this.#asked.has(channel) || suppression !== null) return;
    void this.#ask(channel, isOn ? 'unsubscribed' : 'subscribed');
  }

  async #ask(channel: Channel, state: HubConsentWrite['state']): Promise<void> {
    this.#asked.set(channel, state);
    this.#failed.delete(channel);
    this.host.requestUpdate();
    const body: HubConsentWrite = { state, pageUrl: location.origin + location.pathname };
    try {
      this.#answered.set(channel, await this.host.session.put<HubConsent>(`/hub/v1/consents/${channel}`, body));
    } catch (error) {
      this.#failed.set(channel, this.#wordsFor(error));
    }
    this.#asked.delete(channel);
    this.host.requestUpdate();
  }

  #wordsFor(error: unknown): string {
    const { text, strings } = this.words;
    return error instanceof HubError && error.key === 'rate_limited' ? strings.tooMany : text.notSaved;
  }
}
