/** The line icons of the shell. All decorative: the words next to them carry the meaning. */
import { html, type TemplateResult } from 'lit';

export const closeIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 5l10 10M15 5L5 15" /></svg>`;

export const sparkIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M10 3c.6 4.2 2.8 6.4 7 7-4.2.6-6.4 2.8-7 7-.6-4.2-2.8-6.4-7-7 4.2-.6 6.4-2.8 7-7z" />
  </svg>`;

export const cloudIcon = (): TemplateResult => html`
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d="M6 15.5a3.5 3.5 0 01-.3-7 4.5 4.5 0 018.7-.4A3.7 3.7 0 0114 15.5zM10 8.5v3M10 13.4v.1" />
  </svg>`;
