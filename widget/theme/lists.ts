/** What only tabs need: lists, their headings, and how they grow. Each tab brings it; the second one finds it there. */
import { css } from 'lit';

export const listStyles = css`
  .section-title {
    margin-block: 32px 4px;
    font-size: 1em;
    font-weight: 600;
    letter-spacing: -0.005em;
  }
  .list > li + li {
    border-block-start: 1px solid var(--_line);
  }
  .inline-error {
    margin-block-start: 16px;
    color: var(--_attention);
    font-size: 0.875em;
  }
  .back {
    display: inline-flex;
    align-items: center;
    min-block-size: 44px;
    margin-block: -12px 4px;
    padding-inline-end: 8px;
    color: var(--_muted);
    font-size: 0.9375em;
  }
  .detail-title,
  .tier-name {
    margin-block-end: 2px;
    font-size: 1.3125em;
    font-weight: 600;
    line-height: 1.25;
    letter-spacing: -0.015em;
  }
  .opener {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    inline-size: 100%;
    min-block-size: 56px;
    margin-block-start: 12px;
    font-weight: 600;
    border-block-end: 1px solid var(--_line);
  }
  .opener .icon {
    transition: rotate 0.2s;
  }
  .opener[aria-expanded='true'] .icon {
    rotate: 180deg;
  }
  [tabindex='-1'] {
    outline: none;
  }
  .entry-title,
  .offer-name,
  .channel-name,
  .tier-missing,
  .balance-now,
  .balance-line {
    font-weight: 500;
    line-height: 1.35;
  }
  .terms,
  .undone,
  .bonus,
  .details {
    padding: 14px 18px;
    border-radius: var(--_radius);
    background: var(--_sunken);
  }
  .note,
  .channel-note,
  .legal-line {
    color: var(--_muted);
    font-size: 0.875em;
    line-height: 1.45;
  }
  .box {
    margin-block-start: 16px;
    padding: 18px 20px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  .bar {
    display: block;
    appearance: none;
    inline-size: 100%;
    block-size: 8px;
    margin-block: 10px 6px;
    border: 0;
    border-radius: 4px;
    background: var(--_sunken);
    overflow: hidden;
  }
  .bar::-webkit-progress-bar {
    background: var(--_sunken);
  }
  .bar::-webkit-progress-value {
    border-radius: 4px;
    background: var(--_mark);
  }
  .bar::-moz-progress-bar {
    border-radius: 4px;
    background: var(--_mark);
  }
  .button.wide {
    inline-size: 100%;
    margin-block-start: 16px;
  }
  .button[aria-disabled='true'] {
    opacity: 0.6;
    cursor: progress;
  }
  @media (prefers-reduced-motion: reduce) {
    .opener .icon {
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .bar {
      border: 1px solid CanvasText;
    }
    .bar::-webkit-progress-value {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
  :host([dir='rtl']) .mirrored {
    transform: scaleX(-1);
  }
`;
