/** The command line of `npm start`. A flag that is unknown or has a bad value is refused: guessing could wipe the wrong state. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export type Flags = {
  port: number;
  state: string;
  fresh: boolean;
  demo: boolean;
  build: boolean;
};
export type ParsedFlags = { kind: 'run'; flags: Flags } | { kind: 'help' } | { kind: 'refused'; message: string };

export const USAGE = `Usage: npm start -- [flags]

  --port N       edge on N, demo storefront on N + 1 (default 8787)
  --state DIR    where everything is kept (default .regulars)
  --fresh        empty the state first
  --no-demo      neither demo shops nor the demo storefront
  --no-build     use what the last build left in dist/
  --help         this text`;

const MAX_PORT = 65_534;

export function parseFlags(args: string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: '.regulars' },
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const port = parsePort(values.port);
    if (port === null) return refused(`--port takes a number from 1 to ${MAX_PORT}, not "${values.port}"`);
    if (values.state.trim() === '') return refused('--state takes a directory');
    const state = resolve(values.state);
    return {
      kind: 'run',
      flags: {
        port,
        state,
        fresh: values.fresh,
        demo: !values['no-demo'],
        build: !values['no-build'],
      },
    };
  } catch (error) {
    return refused(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

/** The last port is left out because the storefront takes the next one. */
function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= MAX_PORT ? port : null;
}

const refused = (message: string): ParsedFlags => ({
  kind: 'refused',
  message,
});

/** Node adds advice about positional arguments that does not apply here. */
const firstSentence = (message: string): string => message.split('. ')[0] ?? message;
