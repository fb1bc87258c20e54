/** The line icons of the orders. All decorative: the words next to them carry the meaning. */
import { html, type TemplateResult } from 'lit';

/** Points the reading direction; mirrored by the style sheet in right-to-left pages. */
export const forwardIcon = (): TemplateResult => html`
  <svg class="icon mirrored" viewBox="0 0 20 20" aria-hidden="true"><path d="M12.5 5l5 5-5 5" /></svg>`;

export const backIcon = (): TemplateResult => html`
  <svg class="icon mirrored" viewBox="0 0 20 20" aria-hidden="true"><path d="M7.5 5l-5 5 5 5" /></svg>`;

export const boxIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M3.5 6.5L10 3l6.5 3.5v7L10 17l-6.5-3.5zM3.5 6.5L10 10l6.5-3.5M10 10v7M6.7 4.8l6.6 3.5" />
  </svg>`;
