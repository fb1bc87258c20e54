/** An environment whose calls to objects die: the caller's isolate is gone, before the object heard it or after. */
import { env } from 'cloudflare:workers';

export interface Crash {
  /** Which call dies, counted from 0. */
  at: number;
  /** `before`: the object never heard of it. `after`: it did, and nobody heard its answer. */
  when: 'before' | 'after';
}

/** `env`, but the call that `crash` names throws. null: all go well. */
export function crashingEnv(crash: Crash | null): typeof env {
  const plan = { left: crash?.at ?? -1, when: crash?.when ?? 'before' };
  return { ...env, CUSTOMERS: crashing(env.CUSTOMERS, plan), DIRECTORY: crashing(env.DIRECTORY, plan) };
}

type Methods = Record<string, (...values: unknown[]) => Promise<unknown>>;

function crashing<T extends { get: (id: never) => unknown }>(namespace: T, plan: { left: number; when: string }): T {
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name === 'get') return (id: never) => stub(target.get(id) as Methods, plan);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function stub(real: Methods, plan: { left: number; when: string }): Methods {
  return new Proxy(real, {
    get(target, name) {
      return async (...values: unknown[]) => {
        const dies = plan.left === 0;
        plan.left -= 1;
        if (dies && plan.when === 'before') throw new Error('crashed before');
        const answer = await target[String(name)]?.(...values);
        if (dies) throw new Error('crashed after');
        return answer;
      };
    },
  });
}
