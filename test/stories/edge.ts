/** One local edge for all stories: built once, on a free port, with a state of its own that goes when the run ends. */
import type { TestProject } from 'vitest/node';
import { type LocalEdge, startLocalEdge } from './local-edge.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://localhost:…` of the edge under test. */
    url: string;
    operatorToken: string;
  }
}

let edge: LocalEdge | undefined;

export async function setup(project: TestProject): Promise<void> {
  edge = await startLocalEdge({ demo: false });
  project.provide('url', edge.url);
  project.provide('operatorToken', edge.operatorToken);
}

export async function teardown(): Promise<void> {
  await edge?.remove();
}
