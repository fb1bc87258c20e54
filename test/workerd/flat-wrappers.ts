/**
 * The test pool gives each object and each request its own Proxy around its class's prototype, and that around the one
 * before: the thousandth looks up every method through a thousand. One does what all of them do.
 */
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';

const known = Symbol.for('regulars.wrapped-prototypes');
const world: typeof globalThis & { [known]?: WeakSet<object> } = globalThis;

if (world[known] === undefined) {
  const wrapped = new WeakSet<object>();
  world[known] = wrapped;
  world.Proxy = new Proxy(Proxy, {
    construct(Plain, [target, handler]: [object, ProxyHandler<object>]) {
      if (!isPrototype(target)) return new Plain(target, handler);
      if (wrapped.has(target)) return target;
      const made = new Plain(target, handler);
      wrapped.add(made);
      return made;
    },
  });
}

function isPrototype(target: object): boolean {
  return (
    Object.hasOwn(target, 'constructor') && (target instanceof DurableObject || target instanceof WorkerEntrypoint)
  );
}
