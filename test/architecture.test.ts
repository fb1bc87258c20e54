/** The walls of the repository: who may import whom, and what no file may hold. Read from the sources themselves. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  from: string;
  /** A path from the root for a file of ours, else the package's name as written. */
  to: string;
  ours: boolean;
  typeOnly: boolean;
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`. */
const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
const RE_EXPORT = /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^;]*?\sfrom\s+['"]/m;

function sources(folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: ROOT })
    .filter((path) => !path.endsWith('.d.ts'))
    .sort();
}

const FILES = [...sources('worker'), ...sources('widget')];
const TEXT = new Map(FILES.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
const IMPORTS = FILES.flatMap(importsOf);

function importsOf(from: string): Import[] {
  return [...(TEXT.get(from) ?? '').matchAll(STATEMENT)].map((match): Import => {
    const said = match[2] ?? match[3] ?? '';
    const ours = said.startsWith('.');
    return { from, to: ours ? normalize(join(dirname(from), said)) : said, ours, typeOnly: match[1] !== undefined };
  });
}

/** `worker/intake` for everything in it, `worker/app.ts` for a file beside the folders. */
function placeOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

function inside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function shown(imports: Import[]): string[] {
  return imports.map(({ from, to, typeOnly }) => `${from} ${typeOnly ? 'names' : 'imports'} ${to}`);
}

const OBJECTS = [
  'codes',
  'campaign',
  'guard',
  'referrals',
  'holds',
  'offers',
  'publishing',
  'connection',
  'customers',
  'directory',
  'routing',
  'segments',
  'mapping',
  'shops',
  'debugger',
  'projection',
  'jobs',
  'imports',
];
const ROUTES = ['intake', 'hub', 'admin', 'docs', 'vouchers', 'console'];
const PIECES = ['http'];

/** From the ground up; a file imports from its own floor or from below. */
const FLOORS: string[][] = [['domain', 'wire', 'time'], ['env.ts', 'storage'], OBJECTS, PIECES, ROUTES, ['index.ts']];
const FLOOR_OF = new Map<string, number>(
  FLOORS.flatMap((places, floor) => places.map((place) => [`worker/${place}`, floor] as const)),
);

/** Files that reach themselves by these imports, each circle once. */
function circles(imports: Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

describe('imports', () => {
  test('are found at all', () => {
    expect(FILES.length).toBeGreaterThan(50);
    expect(IMPORTS.filter((one) => one.ours).length).toBeGreaterThan(100);
    const missing = IMPORTS.filter(
      ({ to, ours }) => ours && to.endsWith('.ts') && !TEXT.has(to) && !to.endsWith('.d.ts'),
    );
    expect(shown(missing)).toEqual([]);
  });

  test('worker/domain imports nothing outside itself', () => {
    const out = IMPORTS.filter(({ from, to }) => inside(from, 'worker/domain') && !inside(to, 'worker/domain'));
    expect(shown(out)).toEqual([]);
  });

  test('worker/wire imports only zod and itself', () => {
    const out = IMPORTS.filter(({ from, to }) => {
      const allowed = to === 'zod' || to === '@hono/zod-openapi' || inside(to, 'worker/wire');
      return inside(from, 'worker/wire') && !allowed;
    });
    expect(shown(out)).toEqual([]);
  });

  test('the widget names types of worker/wire, and nothing else of the worker', () => {
    const out = IMPORTS.filter(({ from, to, typeOnly }) => {
      return inside(from, 'widget') && inside(to, 'worker') && !(typeOnly && inside(to, 'worker/wire'));
    });
    expect(shown(out)).toEqual([]);
  });

  test('the widget imports no package but lit', () => {
    const out = IMPORTS.filter(({ from, to, ours }) => inside(from, 'widget') && !ours && !/^lit(\/|$)/.test(to));
    expect(shown(out)).toEqual([]);
  });

  test('every folder of the worker has its floor', () => {
    const places = new Set(
      FILES.filter((path) => inside(path, 'worker') && !inside(path, 'worker/local')).map(placeOf),
    );
    expect([...places].filter((place) => !FLOOR_OF.has(place))).toEqual([]);
  });

  test('go down, from index over routes and objects to the domain, and never up', () => {
    const up = IMPORTS.filter(({ from, to, ours, typeOnly }) => {
      // the bindings name the objects' types; nothing of them is loaded
      if (!ours || (from === 'worker/env.ts' && typeOnly)) return false;
      return (FLOOR_OF.get(placeOf(to)) ?? -1) > (FLOOR_OF.get(placeOf(from)) ?? 99);
    });
    expect(shown(up)).toEqual([]);
  });

  test('of one route group never reach into another', () => {
    const groups: string[] = ROUTES.map((name) => `worker/${name}`);
    const across = IMPORTS.filter(({ from, to }) => {
      return groups.includes(placeOf(from)) && groups.includes(placeOf(to)) && placeOf(from) !== placeOf(to);
    });
    expect(shown(across)).toEqual([]);
  });

  test('worker/local is a tool beside the worker: neither imports the other', () => {
    const across = IMPORTS.filter(({ from, to, ours }) => {
      return ours && to.endsWith('.ts') && inside(from, 'worker/local') !== inside(to, 'worker/local');
    });
    expect(shown(across)).toEqual([]);
  });

  test('only objects and what runs them import cloudflare:workers', () => {
    const allowed: string[] = OBJECTS.map((name) => `worker/${name}`);
    const out = IMPORTS.filter(({ from, to }) => to.startsWith('cloudflare:') && !allowed.includes(placeOf(from)));
    expect(shown(out)).toEqual([]);
  });

  test('run in no circle, and types in none but by way of env.ts', () => {
    const ours = IMPORTS.filter((one) => one.ours);
    expect(circles(ours.filter((one) => !one.typeOnly))).toEqual([]);
    expect(circles(ours.filter((one) => one.from !== 'worker/env.ts'))).toEqual([]);
  });

  test('between folders of the worker run in no circle either', () => {
    const between = IMPORTS.flatMap((one) => {
      const [from, to] = [placeOf(one.from), placeOf(one.to)];
      const counts = one.ours && from !== to && one.from !== 'worker/env.ts' && inside(one.from, 'worker');
      return counts ? [{ ...one, from, to }] : [];
    });
    expect(circles(between)).toEqual([]);
  });

  test('are not passed on: only index.ts exports what it imports', () => {
    expect(FILES.filter((path) => path !== 'worker/index.ts' && RE_EXPORT.test(TEXT.get(path) ?? ''))).toEqual([]);
  });
});

describe('a source file', () => {
  const linesWith = (pattern: RegExp, paths = FILES) =>
    paths.flatMap((path) =>
      (TEXT.get(path) ?? '').split('\n').flatMap((line, at) => {
        const code = line.replace(/^\s*(\/\*\*|\*|\/\/).*/, '').replace(/\/\/ .*/, '');
        return pattern.test(code) ? [`${path}:${at + 1}`] : [];
      }),
    );

  test('is named for what it exports, in kebab-case, and never utils, helper, manager or service', () => {
    const vague = /(^|-)(utils?|helpers?|managers?|services?|common|misc|data|info)(-|$)/;
    const bad = FILES.filter((path) => {
      const name = basename(path, '.ts');
      return vague.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
    });
    expect(bad).toEqual([]);
  });

  test('has at most 300 lines', () => {
    const long = FILES.map((path) => [path, (TEXT.get(path) ?? '').trimEnd().split('\n').length] as const);
    expect(long.filter(([, lines]) => lines > 300)).toEqual([]);
  });

  test('says in its first lines what it decides', () => {
    expect(FILES.filter((path) => !/^(#!.*\n)?\/\*\*/.test(TEXT.get(path) ?? ''))).toEqual([]);
  });

  test('has no any', () => {
    expect(linesWith(/(:|<|,|\||\bas)\s*any\b\s*([;,)\]>=|[{&]|$)/)).toEqual([]);
  });

  test('writes no log by itself: the request log does, and the local tool speaks to its user', () => {
    const shipped = FILES.filter((path) => !inside(path, 'worker/local') && path !== 'worker/http/request-log.ts');
    expect(linesWith(/console\.log\(/, shipped)).toEqual([]);
  });
});
