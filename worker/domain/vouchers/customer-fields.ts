/**
 * Where the fields of Voucherify's customer lie among a customer's traits, and back. Metadata are traits like any other: what
 * other sources say is metadata there, and what is said there other sources' segments and rules can ask for.
 */
import { BIRTHDAY_TRAITS } from '../birthdays/date.ts';
import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json.ts';

/** Voucherify's name of a part of an address -> ours, which is Segment's. */
const ADDRESS: readonly (readonly [string, string])[] = [
  ['city', 'city'],
  ['state', 'state'],
  ['line_1', 'street'],
  ['line_2', 'street2'],
  ['country', 'country'],
  ['postal_code', 'postalCode'],
];
const BIRTHDAY = 'birthdate';
const PLAIN = ['name', 'email', 'phone', 'description'];
/** Traits that mean something of their own: metadata of the same name must not pass for them. */
const RESERVED = new Set([
  ...PLAIN,
  ...BIRTHDAY_TRAITS,
  'address',
  'consent',
  'userId',
  'shopifyId',
  'firstName',
  'first_name',
  'lastName',
  'last_name',
  'title',
  'avatar',
]);
const APART = 'metadata:';

/** Which trait a customer's metadata of this name are. */
export function traitOfMetadata(name: string): string {
  return RESERVED.has(name) ? `${APART}${name}` : name;
}

export interface CustomerFields {
  name?: string | null | undefined;
  email?: string | null | undefined;
  phone?: string | null | undefined;
  description?: string | null | undefined;
  birthdate?: string | null | undefined;
  address?: Readonly<Record<string, unknown>> | null | undefined;
  metadata?: JsonObject | null | undefined;
}

/** What is named becomes a trait, null takes it away; what is not named stays as it is. */
export function traitsOfFields(fields: CustomerFields): JsonObject {
  const traits: JsonObject = {};
  for (const [key, value] of Object.entries(fields.metadata ?? {})) traits[traitOfMetadata(key)] = value;
  for (const key of ['name', 'email', 'phone', 'description', BIRTHDAY] as const) {
    const value = fields[key];
    if (value !== undefined) traits[key] = value;
  }
  if (fields.address === null) traits.address = null;
  else if (fields.address !== undefined) traits.address = renamed(fields.address, ADDRESS);
  return traits;
}

export interface CustomerTold {
  name: string | null;
  email: string | null;
  phone: string | null;
  description: string | null;
  birthdate: string | null;
  address: JsonObject | null;
  metadata: JsonObject;
}

export function fieldsOfTraits(traits: JsonObject): CustomerTold {
  const [name = null, email = null, phone = null, description = null] = PLAIN.map((key) => textOf(traits, key));
  const metadata = Object.entries(traits).flatMap(([key, value]): [string, Json][] => {
    if (key.startsWith(APART)) return [[key.slice(APART.length), value]];
    return RESERVED.has(key) ? [] : [[key, value]];
  });
  return {
    name: name ?? fullName(traits),
    email,
    phone,
    description,
    birthdate: BIRTHDAY_TRAITS.map((key) => textOf(traits, key)).find((one) => one !== null) ?? null,
    address: isObject(traits.address) ? addressOf(objectOf(traits, 'address')) : null,
    metadata: Object.fromEntries(metadata),
  };
}

function fullName(traits: JsonObject): string | null {
  const first = textOf(traits, 'firstName') ?? textOf(traits, 'first_name');
  const last = textOf(traits, 'lastName') ?? textOf(traits, 'last_name');
  const parts = [first, last].flatMap((part) => part ?? []);
  return parts.length === 0 ? null : parts.join(' ');
}

function addressOf(address: JsonObject): JsonObject {
  return Object.fromEntries(ADDRESS.map(([theirs, ours]) => [theirs, textOf(address, ours)]));
}

function renamed(from: Readonly<Record<string, unknown>>, names: typeof ADDRESS): JsonObject {
  return Object.fromEntries(
    names.flatMap(([theirs, ours]): [string, Json][] => {
      const value = from[theirs];
      return typeof value === 'string' ? [[ours, value]] : [];
    }),
  );
}
