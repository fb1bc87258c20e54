/** Two faults of the test pool, mended before each file: calls that grow slower with each object, and runs that never end. */
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';

type Call = ((...values: unknown[]) => Promise<unknown>) & { asEvent: (...values: unknown[]) => void };
type World = typeof globalThis & {
  [known]?: WeakSet<object>;
  __vitest_worker__: { rpc: Record<string | symbol, Call> };
};

const known = Symbol.for('regulars.wrapped-prototypes');
const world = globalThis as World;

if (world[known] === undefined) wrapOnce(new WeakSet());
tellLogs();

/**
 * Each object and each request gets a Proxy of its own around its class's prototype, and that around the one before: the
 * thousandth looks up every method through a thousand. The first does what all of them do.
 */
function wrapOnce(wrapped: WeakSet<object>): void {
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

/**
 * A line that an object logs leaves with the next message of the tests, and after the last test there is none until that
 * line is answered. So nobody waits for an answer.
 */
function tellLogs(): void {
  const state = world.__vitest_worker__;
  state.rpc = new Proxy(state.rpc, {
    get: (rpc, name) => (name === 'onUserConsoleLog' ? rpc[name]?.asEvent : rpc[name]),
  });
}
