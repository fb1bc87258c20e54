import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { OrderDetail } from '../../worker/wire/hub.ts';
import { later, problem } from './fake-api.ts';
import { detail, emptyCustomer, order, signedIn } from './fixtures.ts';
import { focused, type Hub, openHub, seen } from './harness.ts';

const SESSION = 'POST /hub/v1/session';
const DETAIL = 'GET /hub/v1/orders/1001';

async function openDetail(change: Partial<OrderDetail> = {}): Promise<Hub> {
  const hub = await openHub({ answers: { [DETAIL]: detail('1001', change) } }, { target: 'orders' });
  hub.find('[data-order="1001"]').click();
  await hub.settled();
  await vi.waitFor(() => hub.find('.money'));
  return hub;
}

const rows = (hub: Hub): string[] =>
  hub.all('.money-row').map((row) =>
    [...row.children]
      .map((cell) => cell.textContent)
      .join(': ')
      .replace(/\s/g, ' '),
  );

test('lists the orders of the view without another request', async () => {
  const hub = await openHub({}, { target: 'orders' });
  expect(
    hub.all('.order').map((row) => seen(row).filter((line) => !/\d{4}/.test(line) || line.startsWith('#'))),
  ).toEqual([
    ['#1001', '€86.40', 'On its way'],
    ['#1002', '€86.40', 'On its way'],
  ]);
  expect(hub.api.lines()).toEqual([SESSION]);
});

test.each([
  [{ payment: 'refunded', delivery: 'delivered' }, 'Refunded'],
  [{ payment: 'cancelled', delivery: null }, 'Cancelled'],
  [{ fulfilment: 'unfulfilled', payment: 'pending', delivery: null }, 'Awaiting payment'],
  [{ fulfilment: 'unfulfilled', delivery: null }, 'Being prepared'],
  [{ fulfilment: 'partial', delivery: null }, 'Partly shipped'],
  [{ fulfilment: 'fulfilled', delivery: null }, 'Shipped'],
  [{ delivery: 'ready_for_pickup' }, 'Ready for pickup'],
] as const)('says of %j what the shopper wants to know: %s', async (states, expected) => {
  const orders = { items: [order('1', states)], nextCursor: null };
  const hub = await openHub({ answers: { [SESSION]: signedIn({ orders }) } }, { target: 'orders' });
  expect(hub.find('.status').textContent).toBe(expected);
});

test('loads more by cursor and keeps what it has when the view is asked again', async () => {
  const orders = { items: [order('3'), order('2')], nextCursor: 'c1' };
  const hub = await openHub(
    {
      answers: {
        [SESSION]: signedIn({ orders }),
        'GET /hub/v1/orders?cursor=c1': { items: [order('2'), order('1')], nextCursor: null },
        'GET /hub/v1/me': signedIn({ orders: { items: [order('4'), order('3')], nextCursor: 'c1' } }),
      },
    },
    { target: 'orders' },
  );
  const ids = (): (string | undefined)[] => hub.all('.order').map((row) => row.dataset.order);
  hub.control('Show more').click();
  await vi.waitFor(() => expect(ids()).toEqual(['3', '2', '1']));
  expect(hub.text()).not.toContain('Show more');
  await hub.element.session.refresh();
  await vi.waitFor(() => expect(ids()).toEqual(['4', '3', '2', '1']));
});

test('shows an order: where it is, what is in it, what it cost', async () => {
  const hub = await openDetail({ discountMinor: 500, refundedMinor: 100 });
  expect(hub.find('.detail-title').textContent).toBe('Order #1001');
  expect(seen(hub.find('.line'))).toEqual(['Linen shirt', '€81.50', 'Sage / M', 'Quantity 2']);
  expect(rows(hub)).toEqual([
    'Subtotal: €81.50',
    'Discount: -€5.00',
    'Shipping: €4.90',
    'Tax, included: €13.79',
    'Total: €86.40',
    'Refunded: -€1.00',
    'Points from this order: +86',
  ]);
});

test.each([
  ['JPY', 'Total: ¥8,640'],
  ['KWD', 'Total: KWD 8.640'],
])('writes the money of an order in its own currency, %s', async (currency, expected) => {
  const hub = await openDetail({ currency });
  expect(rows(hub)).toContain(expected);
});

test('links a parcel to its carrier by https only', async () => {
  const hub = await openDetail({
    tracking: [
      { company: 'DHL', number: 'N1', url: 'https://carrier.example/N1', status: 'in_transit' },
      { company: 'Plain', number: 'N2', url: 'http://carrier.example/N2', status: null },
      { company: 'Bad', number: null, url: 'javascript:alert(1)', status: null },
    ],
  });
  const [first, second, third] = hub.all('.parcel');
  const link = first?.querySelector('a');
  expect([link?.href, link?.target, link?.rel]).toEqual([
    'https://carrier.example/N1',
    '_blank',
    'noopener noreferrer',
  ]);
  expect(second?.querySelector('a')).toBe(null);
  expect(second?.querySelector('button')?.textContent).toContain('Copy number');
  expect(third?.querySelector('a, button')).toBe(null);
});

test('copies a tracking number and says so', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  const hub = await openDetail({ tracking: [{ company: null, number: 'N2', url: null, status: null }] });
  hub.find('.parcel button').click();
  await vi.waitFor(() => expect(hub.find('[role=status]').textContent).toBe('Copied'));
  expect(writeText).toHaveBeenCalledWith('N2');
});

test('moves the focus to the order, and back to its row', async () => {
  const hub = await openDetail();
  expect(focused()).toBe(hub.find('.detail-title'));
  await userEvent.click(hub.control('All orders'));
  await vi.waitFor(() => expect(focused()).toBe(hub.find('[data-order="1001"]')));
});

test('follows a deep link to an order that is not in the list', async () => {
  const id = 'gid://shopify/Order/7';
  const line = `GET /hub/v1/orders/${encodeURIComponent(id)}`;
  const hub = await openHub({ answers: { [line]: detail('7') } }, { target: `orders/${encodeURIComponent(id)}` });
  await vi.waitFor(() => expect(hub.text()).toContain('Order #7'));
  expect(hub.api.lines()).toEqual([SESSION, line]);
});

test('says that it cannot find an order, and leads back', async () => {
  const hub = await openHub({ answers: { 'GET /hub/v1/orders/9': problem(404, 'not_found') } }, { target: 'orders/9' });
  await vi.waitFor(() => expect(hub.text()).toContain('We cannot find this order'));
  hub.control('All orders').click();
  await vi.waitFor(() => expect(hub.all('.order')).toHaveLength(2));
});

test('offers a retry for an order that did not come', async () => {
  const hub = await openHub({ answers: { [DETAIL]: problem(500, 'internal') } }, { target: 'orders/1001' });
  await vi.waitFor(() => expect(hub.text()).toContain('Something did not load'));
  hub.api.answer({ [DETAIL]: detail('1001') });
  hub.control('Try again').click();
  await vi.waitFor(() => hub.find('.money'));
});

test('ignores an order that arrives after another was chosen', async () => {
  const slow = later<OrderDetail>();
  const hub = await openHub(
    { answers: { [DETAIL]: slow.answer, 'GET /hub/v1/orders/1002': detail('1002') } },
    { target: 'orders' },
  );
  hub.find('[data-order="1001"]').click();
  await hub.element.updateComplete;
  expect(hub.text()).toContain('Order #1001');
  hub.control('All orders').click();
  await hub.element.updateComplete;
  hub.find('[data-order="1002"]').click();
  await vi.waitFor(() => hub.find('.money'));
  slow.arrive(detail('1001'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(hub.find('.detail-title').textContent).toBe('Order #1002');
});

test('says that there are no orders yet', async () => {
  const hub = await openHub(
    { answers: { [SESSION]: { ...signedIn(), customer: emptyCustomer } } },
    { target: 'orders' },
  );
  expect(hub.text()).toContain('No orders yet');
});
