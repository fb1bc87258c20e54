/** All values that a property's name leads to: a name as it stands, else a path such as `products[].price`. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { stepsOf } from '../property-path.ts';

export function valuesAt(content: JsonObject, name: string): Json[] {
  if (Object.hasOwn(content, name)) return [content[name] ?? null];
  const steps = stepsOf(name);
  if (steps === null) return [];
  let found: Json[] = [content];
  for (const step of steps) found = found.flatMap((value) => below(value, step));
  return found;
}

/** A step into a list without `[]` goes into each of its members: nobody means the list's own fields. */
function below(value: Json, step: string | null): Json[] {
  if (Array.isArray(value)) return step === null ? value : value.flatMap((one) => below(one, step));
  if (step === null || !isObject(value) || !Object.hasOwn(value, step)) return [];
  return [value[step] ?? null];
}
