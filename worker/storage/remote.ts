/** The methods of an object as its callers see them. The platform's own stub type cannot carry recursive JSON types. */
export type Remote<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The object of that name. Takes a new stub each time: one that threw may be broken. */
export function remote<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  name: string,
): Remote<T> {
  return namespace.get(namespace.idFromName(name)) as unknown as Remote<T>;
}
