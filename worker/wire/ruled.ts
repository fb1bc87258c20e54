/** The texts, numbers and lists of a segment's definition: what each may be, refused in the words of the rule that it breaks. */
import { z } from '@hono/zod-openapi';

/** Beyond this a number no longer tells its neighbours apart to the cent. */
export const MOST_NUMBER = 1e15;

interface Refused {
  input?: unknown;
  code?: string;
}

/** An error that says what must stand here; of a missing field also that it must. */
export function must(rule: string) {
  const error = ({ input }: Refused): string => (input === undefined ? `must be given, and ${rule}` : `must ${rule}`);
  return { error };
}

const isNoObject = must('be an object').error;

/** Fields that are not known are named one by one by whoever answers, so they keep their own message. */
export const object = {
  error: (issue: Refused) => (issue.code === 'unrecognized_keys' ? undefined : isNoObject(issue)),
};

interface NoSuchKind extends Refused {
  discriminator?: unknown;
  options?: unknown;
}

/** For a union that is told by one field. `foreign` holds what the field may say elsewhere, and why it may not here. */
export function kinds(foreign: Readonly<Record<string, string>> = {}) {
  const error = (issue: NoSuchKind): string => {
    const { code, input, discriminator, options } = issue;
    if (code !== 'invalid_union') return isNoObject(issue);
    const told: unknown = Reflect.get(Object(input), String(discriminator));
    if (typeof told === 'string' && Object.hasOwn(foreign, told)) return `${told} is not known here: ${foreign[told]}`;
    return must(`be one of ${Array.isArray(options) ? options.join(', ') : ''}`).error({ input: told });
  };
  return { error };
}

export function oneOf<const T extends readonly [string, ...string[]]>(names: T) {
  return z.enum(names, must(`be one of ${names.join(', ')}`));
}

export function exactly<const T extends string>(name: T) {
  return z.literal(name, must(`be ${name}`));
}

export function flag() {
  return z.boolean(must('be true or false'));
}

/** A name or an id. */
export function name(most: number) {
  return z
    .string(must('be a text'))
    .min(1, 'must not be empty')
    .max(most, `must be at most ${most} characters long`)
    .refine((text) => isPlain(text), 'must not hold control characters or broken ones');
}

/** What a property is compared with: lines may break in it. */
export function text(most: number) {
  return z
    .string(must('be a text'))
    .max(most, `must be at most ${most} characters long`)
    .refine((text) => isPlain(text.replaceAll(/[\t\r\n]/g, '')), 'must not hold control characters or broken ones');
}

/** What SQLite and JSON read alike, and a merchant can see. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

export function whole(least: number, most: number) {
  const rule = { ...must(`be a whole number from ${least} to ${most}`), abort: true };
  return z.int(rule).min(least, rule).max(most, rule).overwrite(unsigned);
}

export function number(least = -MOST_NUMBER, most = MOST_NUMBER) {
  const rule = { ...must(`be a number from ${least} to ${most}`), abort: true };
  return z.number(rule).min(least, rule).max(most, rule).overwrite(unsigned);
}

/** JSON can say -0. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}

export function list<T extends z.ZodType>(item: T, most: number, least = 1) {
  const rule = `must hold ${least} to ${most}`;
  return z.array(item, must('be a list')).min(least, rule).max(most, rule);
}
