/** An environment whose calls to objects die: the caller's isolate is gone, before the object heard it or after. */
import { env } from 'cloudflare:workers';

export interface Crash {
  /** Which call dies, counted from 0. */
  at: number;
  /** `before`: the object never heard of it. `after`: it did, and nobody heard its answer. */
  when: 'before' | 'after';
}

interface Plan {
  left: number;
  when: string;
  /** Nothing that the caller does after it is heard of either. */
  forGood: boolean;
  died: boolean;
}

/** `env`, but the call that `crash` names throws. null: all go well. */
export function crashingEnv(crash: Crash | null): typeof env {
  const plan: Plan = { left: crash?.at ?? -1, when: crash?.when ?? 'before', forGood: false, died: false };
  return { ...env, CUSTOMERS: crashing(env.CUSTOMERS, plan), DIRECTORY: crashing(env.DIRECTORY, plan) };
}

/** The same for calls to what keeps vouchers, and the isolate is gone from then on. `died`: whether it came so far. */
export function dyingEnv(crash: Crash): { env: typeof env; died: () => boolean } {
  const plan: Plan = { left: crash.at, when: crash.when, forGood: true, died: false };
  const { CUSTOMERS, DIRECTORY, CODES, CAMPAIGN } = env;
  const objects = {
    CUSTOMERS: crashing(CUSTOMERS, plan),
    DIRECTORY: crashing(DIRECTORY, plan),
    CODES: crashing(CODES, plan),
    CAMPAIGN: crashing(CAMPAIGN, plan),
  };
  return { env: { ...env, ...objects }, died: () => plan.died };
}

type Methods = Record<string, (...values: unknown[]) => Promise<unknown>>;

function crashing<T extends { get: (id: never) => unknown }>(namespace: T, plan: Plan): T {
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name === 'get') return (id: never) => stub(target.get(id) as Methods, plan);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function stub(real: Methods, plan: Plan): Methods {
  return new Proxy(real, {
    get(target, name) {
      return async (...values: unknown[]) => {
        if (plan.died && plan.forGood) throw new Error('crashed long ago');
        const dies = plan.left === 0;
        plan.left -= 1;
        plan.died ||= dies;
        if (dies && plan.when === 'before') throw new Error('crashed before');
        const answer = await target[String(name)]?.(...values);
        if (dies) throw new Error('crashed after');
        return answer;
      };
    },
  });
}
