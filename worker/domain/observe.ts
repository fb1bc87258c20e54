/** Many events of one name as one observation: what a flush tells the schema it feeds. Pure, and bounded by what it keeps. */
import type { Observation, ObservedProperty } from './event-schema.ts';
import type { JsonObject } from './json.ts';
import { eachProperty, LONGEST_PATH, type PropertyType } from './property-path.ts';

/** More than a schema keeps, so that a flood of odd properties does not hide those that are known. */
export const MOST_OBSERVED = 1_000;

export interface Sighting {
  atMs: number;
  content: JsonObject;
}

/** Counts every property of every event, in the order of `sightings`, keeping at most `most`; null for no events. */
export function observe(sightings: Sighting[], most = MOST_OBSERVED): Observation | null {
  const first = sightings[0];
  if (first === undefined) return null;
  const properties = new Map<string, ObservedProperty>();
  let overflow = 0;
  let [firstMs, lastMs] = [first.atMs, first.atMs];
  sightings.forEach(({ atMs, content }, place) => {
    firstMs = Math.min(firstMs, atMs);
    lastMs = Math.max(lastMs, atMs);
    eachProperty(content, (path, type) => {
      let property = path.length > LONGEST_PATH ? undefined : properties.get(path);
      if (property === undefined) {
        if (properties.size >= most || path.length > LONGEST_PATH) {
          overflow += 1;
          return;
        }
        property = { path, events: 0, types: {}, order: [], first: place, last: -1 };
        properties.set(path, property);
      }
      add(property, type, { at: place, atMs });
    });
  });
  return { events: sightings.length, firstMs, lastMs, properties: [...properties.values()], overflow };
}

function add(property: ObservedProperty, type: PropertyType, seen: { at: number; atMs: number }): void {
  const times = property.types[type];
  if (times === undefined) property.order.push({ type, atMs: seen.atMs });
  property.types[type] = (times ?? 0) + 1;
  if (property.last === seen.at) return;
  property.last = seen.at;
  property.events += 1;
}
