/** The definition that a request means: as it is said, or as a ready segment makes it. */
import type { Definition } from '../domain/segments/definition.ts';
import { READY_SEGMENTS, readyDefinition } from '../domain/segments/ready.ts';
import { definitionFlaws, type Writer } from '../segments/book.ts';
import { ProblemError } from '../wire/problem.ts';
import type { ReadyChoice } from '../wire/segments.ts';

/** Where a definition may come, and how large a body may be there: a hundred conditions of ten filters each, with long names. */
export const DEFINITIONS = ['/admin/v1/segments/*', '/admin/v1/customers/:ref/explain'];
export const LARGEST_DEFINITION = 256 * 1024;

interface Wanted {
  definition?: Definition | undefined;
  ready?: ReadyChoice | undefined;
}

export interface Meant {
  definition: Definition;
  /** Of a ready segment: what it is called, and what it asks. */
  ready: { key: string; name: string; description: string } | null;
}

/** `invalid_request` names the parameters that a ready segment does not take. */
export function definitionOf({ definition, ready }: Wanted): Meant {
  if (definition !== undefined) return { definition, ready: null };
  if (ready === undefined) throw new Error('a request without a definition');
  const { key, ...parameters } = ready;
  const made = readyDefinition(key, parameters);
  if ('flaws' in made) {
    const errors = made.flaws.map(({ field, rule }) => ({ field: `ready.${field}`, rule }));
    throw new ProblemError('invalid_request', { errors });
  }
  const about = READY_SEGMENTS.find((one) => one.key === key);
  return {
    definition: made.definition,
    ready: { key, name: about?.name ?? key, description: about?.description ?? '' },
  };
}

/** `invalid_request` where the definition could not be a segment's here. */
export async function requireSound(of: Pick<Writer, 'env' | 'shop'>, definition: Definition): Promise<void> {
  const errors = await definitionFlaws(of, definition);
  if (errors.length > 0) throw new ProblemError('invalid_request', { errors });
}
