/** The list of orders, and one order's parcels, lines and money. */
import { css } from 'lit';

export const ordersStyles = css`
  .order,
  .line {
    display: flex;
    align-items: center;
    gap: 16px;
    inline-size: 100%;
    padding-block: 16px;
  }
  #panel-orders .list > li:first-child .order {
    padding-block-start: 0;
  }
  .order .icon.mirrored {
    margin-inline-start: -14px;
    color: var(--_muted);
  }
  .picture {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 64px;
    block-size: 64px;
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_sunken);
    color: var(--_muted);
    overflow: hidden;
  }
  .picture img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    background: var(--_sunken);
  }
  .order-what {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-inline-size: 0;
  }
  .order-head {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    font-weight: 500;
    line-height: 1.4;
  }
  .order-name,
  .line-title {
    flex: 1 1 6em;
    min-inline-size: 0;
  }
  .order-name {
    flex-basis: 3.5em;
  }
  .order-facts::first-letter {
    text-transform: uppercase;
  }
  .order-facts {
    color: var(--_muted);
    font-size: 0.875em;
  }
  .order-total {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .status {
    display: inline-flex;
    align-items: baseline;
    gap: 7px;
    font-size: 0.875em;
  }
  .status::before {
    content: '';
    flex: none;
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: var(--_mark);
    translate: 0 -1px;
  }
  .status.moving::before {
    background: transparent;
    box-shadow: inset 0 0 0 2px var(--_mark);
  }
  .status.attention {
    color: var(--_attention);
  }
  .status.attention::before {
    background: var(--_attention);
  }
  .status.ended {
    color: var(--_muted);
  }
  .status.ended::before {
    background: var(--_muted);
  }
  .detail-header {
    margin-block-end: 20px;
  }
  .detail-header .status {
    margin-block-start: 10px;
  }
  .parcel {
    margin-block-end: 16px;
    padding: 16px 18px 18px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  .parcel-head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
  }
  .parcel-carrier {
    min-inline-size: 0;
    font-weight: 500;
  }
  .parcel-number {
    position: relative;
    color: var(--_muted);
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }
  .line {
    align-items: flex-start;
  }
  .lines {
    margin-block-start: 4px;
  }
  .line-link {
    display: inline-block;
    max-inline-size: 100%;
    min-block-size: 24px;
    text-decoration-color: var(--_line);
    text-underline-offset: 3px;
  }
  .money {
    margin-block-start: 4px;
    padding-block-start: 16px;
    border-block-start: 1px solid var(--_line);
    font-variant-numeric: tabular-nums;
  }
  .money-row {
    display: flex;
    justify-content: space-between;
    gap: 16px;
    padding-block: 4px;
    color: var(--_muted);
  }
  .money-row dd {
    flex: none;
    text-align: end;
  }
  .money-row.total {
    margin-block: 10px 6px;
    padding-block-start: 14px;
    border-block-start: 1px solid var(--_line);
    color: var(--_text);
    font-size: 1.125em;
    font-weight: 600;
  }
  .money-row.points {
    color: var(--_mark);
    font-weight: 500;
  }
  @media (hover: hover) {
    .order:hover .order-name,
    .back:hover {
      text-decoration: underline;
      text-underline-offset: 3px;
    }
  }
`;
