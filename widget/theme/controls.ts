/** Buttons, links, notices and skeletons: what the shell needs, and the tabs use too. */
import { css } from 'lit';

export const controlStyles = css`
  button,
  a {
    font: inherit;
    color: inherit;
    touch-action: manipulation;
  }
  button {
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    text-align: inherit;
    cursor: pointer;
  }
  :focus-visible:not([tabindex='-1']) {
    outline: 2px solid var(--_mark);
    outline-offset: 3px;
  }
  .icon {
    flex: none;
    inline-size: 20px;
    block-size: 20px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .button {
    display: flex;
    align-items: center;
    justify-content: center;
    min-block-size: 48px;
    padding: 10px 20px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    font-weight: 500;
    line-height: 1.3;
    text-align: center;
    text-decoration: none;
  }
  .button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .text-button {
    min-block-size: 24px;
    font-weight: 600;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .quiet-link {
    display: inline-flex;
    align-items: center;
    min-block-size: 32px;
    color: var(--_muted);
    text-decoration: underline;
    text-decoration-color: var(--_line);
    text-underline-offset: 3px;
  }
  .quiet-link.strong {
    color: var(--_text);
    font-weight: 500;
  }
  .legal {
    display: flex;
    flex-wrap: wrap;
    gap: 0 20px;
  }
  .actions {
    display: grid;
    gap: 12px;
    inline-size: 100%;
    margin-block-start: 24px;
  }
  .notice-icon {
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    border-radius: 50%;
    background: var(--_sunken);
    color: var(--_mark);
  }
  .card {
    position: relative;
    isolation: isolate;
    padding: 28px 24px 22px;
    border-radius: calc(var(--_radius) + 4px);
    background: var(--_card);
    color: var(--_on-card);
    overflow: hidden;
  }
  /* Two rings that run out of the corner. */
  .card::before {
    content: '';
    position: absolute;
    z-index: -1;
    inset-block-start: -110px;
    inset-inline-end: -90px;
    inline-size: 280px;
    block-size: 280px;
    border: 36px solid color-mix(in oklab, var(--_on-card) 6%, transparent);
    border-radius: 50%;
    outline: 36px solid color-mix(in oklab, var(--_on-card) 4%, transparent);
    outline-offset: 36px;
  }
  .lead {
    margin-block-start: 44px;
    font-size: 1.375em;
    font-weight: 500;
    line-height: 1.3;
    letter-spacing: -0.015em;
    text-wrap: pretty;
  }
  .body > .legal {
    font-size: 0.8125em;
    margin-block-start: 20px;
  }
  .notice {
    display: flex;
    flex-direction: column;
    align-items: center;
    padding-block: 40px 16px;
    text-align: center;
  }
  .notice-title {
    margin-block: 16px 4px;
    font-size: 1.0625em;
    font-weight: 600;
  }
  .notice-lead {
    max-inline-size: 30ch;
    color: var(--_muted);
    text-wrap: balance;
  }
  .bone {
    display: block;
    border-radius: 6px;
    background: var(--_sunken);
    animation: pulse 1.6s ease-in-out infinite;
  }
  .bone.hero {
    block-size: 200px;
    margin-block-end: 36px;
    border-radius: calc(var(--_radius) + 4px);
  }
  .bone-row {
    display: flex;
    align-items: center;
    gap: 16px;
    padding-block: 14px;
  }
  .bone.square {
    inline-size: 56px;
    block-size: 56px;
    border-radius: var(--_radius);
  }
  .bone-lines {
    display: grid;
    gap: 10px;
    flex: 1;
  }
  .bone.line {
    block-size: 12px;
    inline-size: 70%;
  }
  .bone.line.short {
    inline-size: 40%;
  }
  .bone.tab-bone {
    inline-size: 64px;
    block-size: 12px;
    margin-block: 16px;
  }
  @keyframes pulse {
    50% {
      opacity: 0.45;
    }
  }
  .close:hover,
  .button:not(.primary):hover {
    background: var(--_pressed);
  }
  .button.primary:hover {
    background: color-mix(in oklab, var(--_accent) 90%, var(--_on-accent));
  }
  .tab:hover,
  .quiet-link:hover {
    color: var(--_text);
  }
  @media (forced-colors: active) {
    .close,
    .button,
    .card,
    .bone {
      border: 1px solid ButtonBorder;
    }
  }
`;
