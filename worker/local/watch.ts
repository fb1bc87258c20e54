/** Miniflare starts workerd anew when it dies. This keeps lock.json true and notices when that did not work. */
import type { Lock } from './lock.ts';
import { findWorkerd, isAlive } from './processes.ts';

const EVERY_MS = 500;
const GIVE_UP_MS = 10_000;

export function watchWorkerd(state: string, lock: Lock, onLost: () => void): () => void {
  let known = findWorkerd(state);
  let missingSince: number | null = null;
  lock.tell(known);

  const look = () => {
    if (known.length > 0 && known.every(isAlive)) return;
    known = findWorkerd(state);
    if (known.length > 0) {
      lock.tell(known);
      missingSince = null;
      return;
    }
    missingSince ??= performance.now();
    if (performance.now() - missingSince > GIVE_UP_MS) onLost();
  };
  const timer = setInterval(look, EVERY_MS);
  return () => clearInterval(timer);
}
