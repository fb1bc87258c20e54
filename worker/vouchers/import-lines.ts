/** What many vouchers of one request say, line by line: each is held against the rules by itself, and told by its line. */
import { codeKey, GIFT_PATTERN, patternOf } from '../domain/vouchers/codes.ts';
import type { CodeLine } from '../imports/code-lines.ts';
import type { VoucherLine } from '../jobs/voucher-lines.ts';
import { CodeImportItem } from '../wire/voucher-imports.ts';
import { CreateVoucher } from '../wire/voucher-vouchers.ts';
import { VoucherError } from './errors.ts';
import { checkDates, draftOf, instantOf } from './voucher-draft.ts';

/** Rules are assigned to each by itself. */
const ImportedVoucher = CreateVoucher.omit({ validation_rules: true });

/** A voucher without a campaign. */
export function voucherLine(item: object, line: number, currency: string): VoucherLine {
  const told = ImportedVoucher.safeParse({ ...kindOf(item), ...item });
  if (!told.success) return flawed(line, told.error.issues);
  return guarded(line, () => {
    const draft = draftOf(told.data, currency);
    const { suffix, ...config } = told.data.code_config ?? {};
    const isGift = draft.benefit.kind === 'gift';
    const codes = patternOf({ ...config, postfix: config.postfix ?? suffix }, isGift ? GIFT_PATTERN : undefined);
    return { line, kind: 'make', code: told.data.code ?? null, draft, codes };
  });
}

/** Clients may leave the type out where it is told by what the voucher gives. */
function kindOf(item: object): { type: string } {
  return { type: 'gift' in item ? 'GIFT_VOUCHER' : 'DISCOUNT_VOUCHER' };
}

/** A ready code for a campaign. */
export function codeLine(item: object, line: number): VoucherLine {
  const told = CodeImportItem.safeParse(item);
  if (!told.success) return flawed(line, told.error.issues);
  const { code, active, category, start_date, expiration_date, redemption, additional_info, metadata } = told.data;
  if (codeKey(code) === '') return { line, kind: 'refused', field: 'code', rule: 'is required' };
  return guarded(line, () => {
    const [startsAtMs, endsAtMs] = [instantOf(start_date), instantOf(expiration_date)];
    checkDates(startsAtMs, endsAtMs);
    const own: CodeLine = {
      ...{ code, active: active ?? null, category: category ?? null, startsAtMs, endsAtMs, amountMinor: null },
      ...{ limit: redemption?.quantity ?? null, title: additional_info ?? null, metadata: metadata ?? {} },
    };
    return { line, kind: 'code', ...own };
  });
}

function guarded(line: number, read: () => VoucherLine): VoucherLine {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VoucherError)) throw error;
    const [field = '', ...rule] = error.details.split(' ');
    return { line, kind: 'refused', field, rule: rule.join(' ') };
  }
}

function flawed(line: number, issues: { path: PropertyKey[]; message: string }[]): VoucherLine {
  const [first] = issues;
  return {
    line,
    kind: 'refused',
    field: first?.path.map(String).join('.') || 'line',
    rule: first?.message ?? 'is wrong',
  };
}
