/** A code to be used: shown, copied, or taken to the cart by a link. */
import { html, nothing, type TemplateResult } from 'lit';
import { safeHref } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';

export interface Code {
  readonly code: string;
  readonly applyUrl: string | null;
  readonly copy: (event: Event, code: string) => void;
}

export function renderCode(words: TabWords, { code, applyUrl, copy }: Code): TemplateResult {
  const { own } = words;
  const href = safeHref(applyUrl);
  return html`
    <div class="code-box" data-copy>
      <p class="code" part="code"><span class="hidden">${own.yourCode}: </span><bdi>${code}</bdi></p>
      <div class="row-actions">
        ${href ? html`<a class="button primary" part="button primary-button" href=${href}>${own.useNow}<span class="hidden">: ${code}</span></a>` : nothing}
        <button class="button" part="button" @click=${(event: Event) => copy(event, code)}>${own.copyCode}<span class="hidden"> ${code}</span></button>
      </div>
    </div>`;
}
