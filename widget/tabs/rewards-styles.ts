/** Rewards, vouchers, codes and what can be done with them, friends. */
import { css } from 'lit';

export const rewardsStyles = css`
  .not-now .tile {
    color: var(--_muted);
  }
  .fit,
  .fits,
  .missing {
    font-size: 0.875em;
    font-weight: 500;
  }
  .button.small {
    flex: none;
    align-self: center;
    max-inline-size: 45%;
    min-block-size: 44px;
    padding: 8px 16px;
    font-size: 0.9375em;
  }
  .amount {
    display: block;
    margin-block-start: 20px;
    font-weight: 500;
  }
  .amount input {
    display: block;
    inline-size: 100%;
    block-size: 44px;
    margin: 6px 0 0;
    accent-color: var(--_mark);
    cursor: pointer;
  }
  .balance-now {
    margin-block-start: 14px;
  }
  .offer,
  .voucher-head {
    display: flex;
    align-items: flex-start;
    gap: 14px;
  }
  .offer {
    padding-block: 16px;
  }
  .tile {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 44px;
    block-size: 44px;
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_sunken);
    color: var(--_mark);
  }
  .offer-what {
    flex: 1;
    min-inline-size: 0;
  }
  .code-box {
    margin-block-start: 14px;
    padding: 14px;
    border: 1px dashed var(--_muted);
    border-radius: var(--_radius);
  }
  .voucher .code-box {
    padding: 14px 0 0;
    border-width: 1px 0 0;
    border-radius: 0;
  }
  .terms + .note,
  .code-box + .note {
    margin-block-start: 10px;
  }
  .code {
    font-family: ui-monospace, monospace;
    font-size: 1.125em;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-align: center;
    overflow-wrap: anywhere;
  }
  .link {
    overflow-wrap: anywhere;
    text-align: center;
  }
  .row-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
  }
  .row-actions .button {
    flex: 1 1 auto;
    min-block-size: 44px;
    padding: 8px 14px;
  }
  .undo {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 12px;
    margin-block-start: 4px;
  }
  .undo .inline-error {
    flex-basis: 100%;
    margin-block-start: 0;
  }
  #panel-rewards .text-button {
    min-block-size: 44px;
  }
  .undone {
    margin-block-end: 16px;
    font-weight: 600;
  }
  .undone .note {
    font-weight: 400;
  }
  .voucher:first-child {
    margin-block-start: 0;
  }
  .fit {
    margin-block-start: 4px;
  }
  .fit:not(.fits) {
    color: var(--_attention);
  }
  .fits {
    color: var(--_mark);
  }
  .over {
    padding-block: 12px;
  }
  .over .offer-name {
    color: var(--_muted);
  }
  .terms {
    margin-block-start: 20px;
    font-variant-numeric: tabular-nums;
  }
  .term {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
    padding-block: 5px;
    overflow-wrap: anywhere;
  }
  .list > .term {
    padding-block: 14px;
  }
  .term > :last-child {
    margin-inline-start: auto;
    text-align: end;
  }
  .term dd {
    font-weight: 600;
  }
  .sections {
    display: flex;
    gap: 4px;
    margin-block-end: 20px;
    padding: 4px;
    border-radius: var(--_radius);
    background: var(--_sunken);
  }
  .section {
    flex: 1 1 auto;
    min-block-size: 44px;
    min-inline-size: 0;
    padding-inline: 8px;
    border-radius: calc(var(--_radius) - 4px);
    color: var(--_muted);
    font-size: 0.9375em;
    font-weight: 500;
    text-align: center;
  }
  .section[aria-current='page'] {
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 1px 3px rgb(0 0 0 / 0.14);
  }
  @media (forced-colors: active) {
    .section[aria-current='page'] {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
  }
`;
