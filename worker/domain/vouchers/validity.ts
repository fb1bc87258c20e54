/** When a voucher is good within its dates: weekdays, hours of the day, frames that come again. By the shop's calendar. */

export type Validity =
  /** 0 = Sunday. */
  | { kind: 'weekdays'; days: number[] }
  /** Minutes of the local day, end left out; `days` null: every day. */
  | { kind: 'hours'; spans: { fromMinute: number; toMinute: number; days: number[] | null }[] }
  /** Open for `open` at every `every` from the start of the campaign. */
  | { kind: 'frames'; every: Duration; open: Duration };

export interface Duration {
  months: number;
  days: number;
  /** The rest, in milliseconds. */
  ms: number;
}
