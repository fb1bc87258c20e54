/** What stands in for content: nothing here yet, not found, did not load, not here yet. Shared by the shell and every tab. */
import { html, nothing, type TemplateResult } from 'lit';
import { safeHref } from '../safe-url.ts';
import type { HubError } from '../session/api.ts';
import type { Words } from '../strings/words.ts';
import { cloudIcon } from './icons.ts';

export interface Notice {
  readonly icon: TemplateResult;
  readonly title: string;
  readonly lead: string;
  readonly actions?: TemplateResult | typeof nothing;
}

export const renderNotice = ({ icon, title, lead, actions = nothing }: Notice): TemplateResult => html`
  <div class="notice" part="notice">
    <span class="notice-icon">${icon}</span>
    <h3 class="notice-title">${title}</h3>
    <p class="notice-lead">${lead}</p>
    ${actions}
  </div>`;

export interface Failed {
  readonly words: Words;
  readonly error: HubError | null;
  readonly onRetry: () => void;
  /** The shop's own account page: works without us. */
  readonly accountHref?: string | null;
}

export function renderFailed({ words, error, onRetry, accountHref }: Failed): TemplateResult {
  const { strings } = words;
  const href = safeHref(accountHref);
  return renderNotice({
    icon: cloudIcon(),
    title: strings.failed,
    lead: error?.key === 'rate_limited' ? strings.tooMany : strings.failedLead,
    actions: html`
      <div class="actions">
        <button class="button primary" part="button primary-button" @click=${onRetry}>${strings.retry}</button>
        ${href ? html`<a class="button" part="button" href=${href}>${strings.plainAccount}</a>` : nothing}
      </div>`,
  });
}

/** Below a list that could not grow: the button above it is the retry. */
export const renderInlineFailed = ({ strings }: Words): TemplateResult => html`
  <p class="inline-error" role="alert">${strings.failed}. ${strings.failedLead}</p>`;

/** The outline of a list that is on its way, so that nothing jumps when it comes. */
export const renderRowsSkeleton = (count = 4): TemplateResult => html`
  <div class="skeleton" aria-hidden="true">${Array.from({ length: count }, renderBoneRow)}</div>`;

const renderBoneRow = (): TemplateResult => html`
  <div class="bone-row">
    <i class="bone square"></i>
    <span class="bone-lines"><i class="bone line"></i><i class="bone line short"></i></span>
  </div>`;
