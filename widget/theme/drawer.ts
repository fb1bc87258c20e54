/** The drawer itself: the layer over the page, the sliding panel, its header, tabs and scrolling body. */
import { css } from 'lit';

export const drawerStyles = css`
  dialog {
    position: fixed;
    inset: 0;
    inline-size: 100%;
    block-size: 100dvh;
    overflow: hidden;
    overscroll-behavior: contain;
  }
  dialog[open] {
    display: flex;
    justify-content: flex-end;
  }
  dialog:not([open]) {
    display: none;
  }
  dialog::backdrop {
    background: var(--_backdrop);
    animation: fade 0.3s;
  }
  dialog.closing::backdrop {
    animation: fade 0.22s reverse forwards;
  }
  .panel {
    display: flex;
    flex-direction: column;
    inline-size: min(100% - 24px, var(--regulars-width, 27em));
    margin: 12px;
    border-radius: calc(var(--_radius) + 8px);
    background: var(--_surface);
    box-shadow: 0 24px 64px -12px rgb(0 0 0 / 0.32), 0 2px 8px rgb(0 0 0 / 0.08);
    overflow: hidden;
    animation: slide 0.36s var(--_ease);
  }
  .closing .panel {
    animation: slide 0.22s ease-in reverse forwards;
  }
  @keyframes slide {
    from {
      transform: translateX(calc(var(--_toward-end) * (100% + 24px)));
    }
  }
  @keyframes fade {
    from {
      opacity: 0;
    }
  }
  .header {
    display: flex;
    align-items: flex-start;
    gap: 16px;
    padding: 26px 28px 18px;
  }
  .titles {
    flex: 1;
    min-inline-size: 0;
  }
  .shop {
    color: var(--_muted);
    font-size: 0.8125em;
    letter-spacing: 0.01em;
  }
  .title {
    font-size: 1.625em;
    font-weight: 600;
    line-height: 1.2;
    letter-spacing: -0.02em;
    text-wrap: balance;
  }
  .close {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 44px;
    block-size: 44px;
    margin-inline-end: -8px;
    border-radius: 50%;
    background: var(--_sunken);
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 clamp(8px, 4vw, 24px);
    white-space: nowrap;
    margin-inline: 28px;
    border-block-end: 1px solid var(--_line);
  }
  .tab {
    position: relative;
    min-inline-size: 32px;
    min-block-size: 44px;
    color: var(--_muted);
    font-weight: 500;
  }
  .tab::after {
    content: '';
    position: absolute;
    inset: auto 0 -1px;
    border-block-end: 2px solid transparent;
  }
  .tab[aria-selected='true'] {
    color: var(--_text);
  }
  .tab[aria-selected='true']::after {
    border-color: var(--_mark);
  }
  .body {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
    padding: 24px 28px max(24px, env(safe-area-inset-bottom));
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_line) transparent;
  }
  [role='tabpanel'] {
    flex: 1 0 auto;
    border-radius: 4px;
  }
  .footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 20px;
    margin-block-start: 28px;
    padding-block-start: 12px;
    border-block-start: 1px solid var(--_line);
    font-size: 0.8125em;
  }
  .stale {
    margin-block-end: 16px;
    padding: 10px 14px;
    border-radius: var(--_radius);
    background: var(--_sunken);
    font-size: 0.875em;
  }
  @media (max-width: 30em) {
    .panel {
      inline-size: 100%;
      margin: 0;
      border-radius: 0;
    }
    .header {
      padding-block-start: max(20px, env(safe-area-inset-top));
      padding-inline: 20px;
    }
    .tabs {
      margin-inline: 20px;
    }
    .body {
      padding-inline: 20px;
    }
  }
  /* Little height, or much zoom: everything scrolls together. */
  @media (max-height: 28em) {
    .panel {
      overflow-y: auto;
    }
    .body {
      flex: none;
      overflow: visible;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::backdrop {
      animation: none !important;
    }
  }
  @media (forced-colors: active) {
    .panel {
      border: 2px solid CanvasText;
    }
    .tab[aria-selected='true']::after {
      border-color: Highlight;
    }
  }
`;
