/** The two secrets of a local edge, made once per state. Written whole or not at all, readable by the owner only. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateJson } from './private-file.ts';
import { Refusal } from './refusal.ts';

export type Secrets = { operatorToken: string; rootSecret: string };

export function loadSecrets(state: string): Secrets {
  const path = join(state, 'secrets.json');
  if (!existsSync(path)) {
    const secrets = {
      operatorToken: `op_${randomBytes(24).toString('base64url')}`,
      rootSecret: randomBytes(32).toString('base64url'),
    };
    writePrivateJson(path, secrets);
    return secrets;
  }
  const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (isSecrets(found)) return found;
  throw new Refusal(`${path} does not hold the secrets of this state; without them nothing sealed in it can be read`);
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'operatorToken' in value &&
    typeof value.operatorToken === 'string' &&
    'rootSecret' in value &&
    typeof value.rootSecret === 'string'
  );
}
