/** What is painted before anything is known. Has the outline of what follows, so that nothing jumps. */
import { html, type TemplateResult } from 'lit';
import { TABS } from '../element/tab-list.ts';
import { renderRowsSkeleton } from './placeholders.ts';

export const renderPointsSkeleton = (): TemplateResult =>
  html`<i class="bone hero" aria-hidden="true"></i>${renderRowsSkeleton(3)}`;

export const renderSkeleton = (tab: string): TemplateResult => html`
  <div class="tabs" aria-hidden="true">${TABS.map(() => html`<i class="bone tab-bone"></i>`)}</div>
  <div class="body">${tab === 'for-you' ? renderPointsSkeleton() : renderRowsSkeleton()}</div>`;
