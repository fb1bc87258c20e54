/** One voucher or gift card: what it gives, whether it fits the cart, its code. What is over is one line. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubWalletVoucher } from '../../worker/wire/hub-programme.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderCode } from './code.ts';
import { renderTile, worthOf } from './worth.ts';

type Status = HubWalletVoucher['status'];
type Over = 'used' | 'expired' | 'returned' | 'disabled';

export const isOver = (status: Status): status is Over =>
  status === 'used' || status === 'expired' || status === 'returned' || status === 'disabled';

/** Whose title already says what it gives. */
const TELLING = ['shipping', 'product', 'perk', 'gift_card'];

interface Parts {
  readonly undo: TemplateResult | typeof nothing;
  readonly moves: TemplateResult | typeof nothing;
  readonly copy: (event: Event, code: string) => void;
}

export function renderVoucher(
  words: TabWords,
  voucher: HubWalletVoucher,
  { undo, moves, copy }: Parts,
): TemplateResult {
  const { code, worth, status, applicable } = voucher;
  const applyUrl = status === 'available' && applicable !== false ? voucher.applyUrl : null;
  return html`
    <li class="box voucher" part="voucher" data-voucher=${voucher.id}>
      <div class="voucher-head">
        ${renderTile(worth.kind)}
        <div class="offer-what">
          <p class="offer-name"><bdi>${titleOf(words, voucher)}</bdi></p>
          ${linesOf(words, voucher).map((line) => html`<p class="note">${line}</p>`)}
          ${renderFit(words, voucher)}
        </div>
      </div>
      ${status === 'waiting' ? nothing : renderCode(words, { code, applyUrl, copy })} ${undo} ${moves}
    </li>`;
}

export function renderOver(words: TabWords, voucher: HubWalletVoucher, moves: Parts['moves']): TemplateResult {
  const { status } = voucher;
  return html`
    <li class="over">
      <div class="offer-what">
        <p class="offer-name"><bdi>${titleOf(words, voucher)}</bdi></p>
        <p class="note">${isOver(status) ? words.own.voucher[status] : nothing} · <bdi>${voucher.code}</bdi></p>
        ${moves}
      </div>
    </li>`;
}

const titleOf = (words: TabWords, { title, worth }: HubWalletVoucher): string => title ?? worthOf(words, worth);

function linesOf(words: TabWords, voucher: HubWalletVoucher): string[] {
  const { own, text } = words;
  const { title, worth, minimumMinor, endsAtMs } = voucher;
  const money = (minor: number): string => words.money(minor, worth.currency);
  const lines = [
    title !== null && !TELLING.includes(worth.kind) ? worthOf(words, worth) : null,
    worth.balanceMinor === null
      ? null
      : words.fill(own.giftLeft, { money: money(worth.balanceMinor), total: money(worth.amountMinor ?? 0) }),
    worth.lockedMinor ? `${own.voucher.locked}: ${money(worth.lockedMinor)}` : null,
    minimumMinor ? words.fill(text.minimum, { money: money(minimumMinor) }) : null,
    endsAtMs === null ? null : words.fill(own.validUntil, { date: words.date(endsAtMs - 1) }),
  ];
  return lines.filter((line) => line !== null);
}

/** Of the states and the cart, what the shopper has to know. The merchant's own words win. */
function renderFit(words: TabWords, voucher: HubWalletVoucher): TemplateResult | typeof nothing {
  const { own } = words;
  const { status, applicable, reason, discountMinor, startsAtMs, worth } = voucher;
  const line = (kind: string, text: string): TemplateResult => html`<p class="fit ${kind}"><bdi>${text}</bdi></p>`;
  if (status === 'not_started') return line('', words.fill(own.validFrom, { date: words.date(startsAtMs ?? 0) }));
  if (status === 'locked' || status === 'waiting') return line('', own.voucher[status]);
  if (applicable === null) return nothing;
  const money = (minor: number): string => words.money(minor, worth.currency);
  if (applicable) {
    return discountMinor ? line('fits', words.fill(own.forCart, { money: money(discountMinor) })) : nothing;
  }
  if (reason?.message) return line('', reason.message);
  return line(
    '',
    reason?.missingMinor ? words.fill(own.addMore, { money: money(reason.missingMinor) }) : own.notForCart,
  );
}
