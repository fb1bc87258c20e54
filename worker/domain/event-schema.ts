/**
 * What the events of one name look like, learned from what arrives: properties, their types, how often, and what drifts
 * from it. Pure. Flushes come as observations; to learn two of them is to learn the events of both in their order.
 */
import { PROPERTY_TYPES, type PropertyType, parentOf } from './property-path.ts';

export const MOST_PROPERTIES = 300;
const MOST_NOTICES = 100;
/** A property vanished where it was in nearly all of so many events, and in none of as many after them. */
const ENOUGH_EVENTS = 20;
const NEARLY_ALL = 0.9;

export type TypeCounts = Partial<Record<PropertyType, number>>;

/** One property within one flush; `first` and `last` are places among the flush's events of the name, from 0. */
export interface ObservedProperty {
  path: string;
  events: number;
  types: TypeCounts;
  /** Types in the order in which they were first seen, with when. */
  order: { type: PropertyType; atMs: number }[];
  first: number;
  last: number;
}

export interface Observation {
  events: number;
  firstMs: number;
  lastMs: number;
  properties: ObservedProperty[];
  /** Sightings of properties that were not kept. */
  overflow: number;
}

export interface LearnedProperty {
  path: string;
  /** Events that held it. */
  events: number;
  /** How often each type was seen: more than once an event inside a list. */
  types: TypeCounts;
  /** Ordinals among the schema's events. */
  firstAt: number;
  lastAt: number;
  vanished: boolean;
}

export interface DriftNotice {
  n: number;
  kind: 'new_type' | 'vanished';
  path: string;
  /** The type that is new; null for what vanished. */
  type: PropertyType | null;
  /** The types it had before. */
  before: PropertyType[];
  atMs: number;
}

export interface EventSchema {
  events: number;
  firstMs: number;
  lastMs: number;
  properties: LearnedProperty[];
  overflow: number;
  drift: DriftNotice[];
  notices: number;
}

export function newSchema(firstMs: number): EventSchema {
  return { events: 0, firstMs, lastMs: firstMs, properties: [], overflow: 0, drift: [], notices: 0 };
}

/** The schema with what one flush showed. */
export function learn(before: EventSchema, seen: Observation): EventSchema {
  const schema = {
    ...before,
    events: before.events + seen.events,
    firstMs: Math.min(before.firstMs, seen.firstMs),
    lastMs: Math.max(before.lastMs, seen.lastMs),
    overflow: before.overflow + seen.overflow,
    drift: [...before.drift],
  };
  const known = new Map(before.properties.map((property) => [property.path, property]));
  for (const one of seen.properties) {
    const property = known.get(one.path);
    if (property === undefined && known.size >= MOST_PROPERTIES) schema.overflow += one.events;
    else known.set(one.path, grown(schema, before.events, property ?? null, one));
  }
  // where not everything of the flush was kept, absence proves nothing
  const properties = [...known.values()];
  schema.properties = seen.overflow > 0 ? properties : properties.map((one) => watched(schema, one));
  return schema;
}

function grown(
  schema: EventSchema,
  offset: number,
  property: LearnedProperty | null,
  seen: ObservedProperty,
): LearnedProperty {
  const types = { ...property?.types };
  for (const { type, atMs } of seen.order) {
    const before = typesOf(types);
    if (isNewKind(before, type)) notice(schema, { kind: 'new_type', path: seen.path, type, before, atMs });
    types[type] = (types[type] ?? 0) + (seen.types[type] ?? 0);
  }
  return {
    path: seen.path,
    events: (property?.events ?? 0) + seen.events,
    types,
    firstAt: property?.firstAt ?? offset + seen.first,
    lastAt: offset + seen.last,
    vanished: false,
  };
}

/** A whole number among numbers, a date among texts and a null are no drift: no reader of the property breaks by them. */
function isNewKind(before: PropertyType[], type: PropertyType): boolean {
  if (type === 'null') return false;
  const kinds = before.filter((one) => one !== 'null').map(kindOf);
  return kinds.length > 0 && !kinds.includes(kindOf(type));
}

export function kindOf(type: PropertyType): PropertyType {
  if (type === 'integer') return 'number';
  return type === 'date-time' ? 'text' : type;
}

function watched(schema: EventSchema, property: LearnedProperty): LearnedProperty {
  const span = property.lastAt - property.firstAt + 1;
  const absent = schema.events - 1 - property.lastAt;
  const usual = span >= ENOUGH_EVENTS && property.events >= span * NEARLY_ALL;
  if (property.vanished || !usual || absent < ENOUGH_EVENTS) return property;
  const before = typesOf(property.types);
  notice(schema, { kind: 'vanished', path: property.path, type: null, before, atMs: schema.lastMs });
  return { ...property, vanished: true };
}

function notice(schema: EventSchema, about: Omit<DriftNotice, 'n'>): void {
  schema.notices += 1;
  schema.drift.push({ n: schema.notices, ...about });
  if (schema.drift.length > MOST_NOTICES) schema.drift.shift();
}

/** The schema without that notice; null where there is none. */
export function dismissed(schema: EventSchema, n: number): EventSchema | null {
  const drift = schema.drift.filter((one) => one.n !== n);
  return drift.length === schema.drift.length ? null : { ...schema, drift };
}

export function typesOf(types: TypeCounts): PropertyType[] {
  return PROPERTY_TYPES.filter((type) => (types[type] ?? 0) > 0);
}

export interface SuggestedProperty {
  path: string;
  type: Exclude<PropertyType, 'null'>;
  required: boolean;
  nullable: boolean;
}

/**
 * The schema as a merchant would fix it. A property of several kinds is left out, unless nearly all are of one; it is
 * required where whatever could hold it did, every time.
 */
export function suggested(schema: EventSchema): SuggestedProperty[] {
  const byPath = new Map(schema.properties.map((property) => [property.path, property]));
  return schema.properties.flatMap((property): SuggestedProperty[] => {
    const type = usualType(property.types);
    if (type === null) return [];
    const parent = parentOf(property.path);
    const holders = parent === null ? schema.events : (byPath.get(parent)?.types.object ?? 0);
    const required = !property.path.endsWith('[]') && timesOf(property.types) === holders;
    return [{ path: property.path, type, required, nullable: (property.types.null ?? 0) > 0 }];
  });
}

function usualType(types: TypeCounts): SuggestedProperty['type'] | null {
  const kinds = new Map<PropertyType, number>();
  for (const type of typesOf(types)) {
    if (type !== 'null') kinds.set(kindOf(type), (kinds.get(kindOf(type)) ?? 0) + (types[type] ?? 0));
  }
  const all = [...kinds.values()].reduce((sum, times) => sum + times, 0);
  const [kind] = [...kinds].find(([, times]) => times >= all * NEARLY_ALL) ?? [];
  if (kind === 'number') return types.number === undefined ? 'integer' : 'number';
  if (kind === 'text') return types.text === undefined ? 'date-time' : 'text';
  return kind === undefined || kind === 'null' ? null : kind;
}

function timesOf(types: TypeCounts): number {
  return typesOf(types).reduce((sum, type) => sum + (types[type] ?? 0), 0);
}
