/**
 * Files share a runtime, which saves each of them the import of the whole worker. None finds what the one before left:
 * nothing is stored, no alarm is set, no clock stands still.
 */
import { reset } from 'cloudflare:test';
import { vi } from 'vitest';

vi.useRealTimers();
vi.unstubAllGlobals();
await reset();
