/** The rounds restart too often to build each time. */
import { buildAll } from '../../worker/local/build.ts';

export const setup = (): Promise<void> => buildAll();
