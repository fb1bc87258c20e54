/** Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA-256 over id, time and body, one for each secret that is good. */
import { newBytes } from '../shops/crypto.ts';

const PREFIX = 'whsec_';
const encoder = new TextEncoder();

/** A new secret as it is shown: 32 bytes. The same `seed` makes the same one; null: random. */
export async function newWebhookSecret(root: string, seed: string | null): Promise<string> {
  return PREFIX + toBase64(await newBytes(root, seed));
}

export interface Signed {
  id: string;
  /** Of this attempt, in seconds. */
  timestamp: number;
  body: string;
}

/** `webhook-signature`: `v1,…` for each secret, the newest first, with spaces between. */
export async function signatureOf(secrets: readonly string[], { id, timestamp, body }: Signed): Promise<string> {
  const text = encoder.encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const raw = fromBase64(secret.slice(PREFIX.length));
      const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      return `v1,${toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)))}`;
    }),
  );
  return signatures.join(' ');
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
