/** What is on the member's card, and the points history under it. */
import { css } from 'lit';

export const forYouStyles = css`
  .balance-number {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 10px;
    line-height: 1.1;
  }
  .balance-number strong {
    font-size: 3.5em;
    font-weight: 600;
    letter-spacing: -0.04em;
    font-variant-numeric: tabular-nums;
  }
  .balance-number strong.long {
    font-size: 2.25em;
  }
  .balance-number span {
    font-size: 1.0625em;
    font-weight: 500;
  }
  .worth {
    margin-block-start: 4px;
    font-size: 1.0625em;
  }
  .card-facts {
    margin-block-start: 22px;
    padding-block-start: 16px;
    border-block-start: 1px solid color-mix(in oklab, var(--_on-card) 22%, transparent);
    font-size: 0.875em;
    line-height: 20px;
  }
  .card-facts li {
    display: flex;
    align-items: flex-start;
    gap: 8px;
  }
  .card-facts li + li {
    margin-block-start: 8px;
  }
  .invitation-title {
    font-size: 1.375em;
    font-weight: 600;
    line-height: 1.3;
    letter-spacing: -0.015em;
  }
  .button.join {
    border-color: transparent;
    background: var(--_on-card);
    color: var(--_card);
  }
  .perks-title {
    margin-block-start: 12px;
    font-size: 0.875em;
    font-weight: 600;
  }
  .perks {
    margin-block-start: 2px;
    padding-inline-start: 1.125em;
    color: var(--_muted);
    font-size: 0.875em;
    list-style: disc;
  }
  .bonus {
    margin-block-start: 12px;
    font-weight: 500;
  }
  .gives {
    max-inline-size: 50%;
    color: var(--_mark);
    font-weight: 600;
    text-align: end;
    line-height: 1.35;
  }
  .done .entry-title,
  .done .gives,
  .later .gives {
    color: var(--_muted);
  }
  .entry {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    padding-block: 14px;
  }
  .entry-what {
    min-inline-size: 0;
  }
  .entry-date::first-letter {
    text-transform: uppercase;
  }
  .entry-date {
    margin-block-start: 2px;
    color: var(--_muted);
    font-size: 0.875em;
  }
  .entry-points {
    flex: none;
    position: relative;
    color: var(--_muted);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .entry-points.gain {
    color: var(--_mark);
  }
`;
