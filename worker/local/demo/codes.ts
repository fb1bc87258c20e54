/** The codes in a visitor's bag: a cookie of names joined by commas. Whether they are good is asked of the edge each time. */
const MOST = 5;
const FIT = /^[\x21-\x2b\x2d-\x7e]{1,60}$/;

export function readCodes(text: string | undefined): string[] {
  const codes = (text ?? '').split(',').filter((code) => FIT.test(code));
  return [...new Map(codes.map((code) => [code.toUpperCase(), code])).values()].slice(0, MOST);
}

export const writeCodes = (codes: string[]): string => codes.join(',');

/** The same codes where it is none, or where they hold enough already. */
export function addCode(codes: string[], typed: string): string[] {
  const code = typed.trim().toUpperCase();
  return readCodes([...codes, code].join(','));
}

export const removeCode = (codes: string[], code: string): string[] => codes.filter((one) => one !== code);
