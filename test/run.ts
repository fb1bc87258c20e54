/** `npm test`: types, lint, then every test project in its own process; `--long` only what takes minutes. Counts everything. */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const STAGE_LIMIT_MS = 25 * 60_000;

type Count = { passed: number; failed: number; skipped: number };
type Stage = { name: string; run: () => Promise<Count> };

const long = process.argv.includes('--long');
const scratch = mkdtempSync(join(tmpdir(), 'regulars-run-'));

/** A check that has no parts: one test, passed or failed. */
const check = (name: string, script: string): Stage => ({
  name,
  run: async () => {
    const passed = (await run('npm', ['run', '--silent', script])) === 0;
    return { passed: Number(passed), failed: Number(!passed), skipped: 0 };
  },
});

const project = (name: string): Stage => ({
  name,
  run: async () => {
    const report = join(scratch, `${name}.json`);
    const output = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run('vitest', ['run', '--config', 'test/vitest.config.ts', '--project', name, ...output]);
    return countReport(report, code);
  },
});

/** A file that cannot load and an error outside any test fail the run although no test is marked as failed. */
function countReport(report: string, code: number): Count {
  const count = readReport(report);
  const isUnexplained = code !== 0 && count.failed === 0;
  return isUnexplained || count.passed + count.failed === 0 ? { ...count, failed: count.failed + 1 } : count;
}

function readReport(report: string): Count {
  try {
    const said = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: said.numPassedTests,
      failed: said.numFailedTests,
      skipped: said.numPendingTests + said.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

function run(command: string, args: string[]): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const path = `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`;
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path, REGULARS_LONG: long ? '1' : '0' },
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), STAGE_LIMIT_MS);
  child.on('error', () => resolve(1));
  child.on('exit', (code) => {
    clearTimeout(limit);
    resolve(code ?? 1);
  });
  return promise;
}

/** A project without any test fails the run; with `--long` most have none, and only those that have are asked. */
function stages(): Stage[] {
  if (!long) {
    return [check('types', 'types'), check('lint', 'lint'), ...['pure', 'workerd', 'browser', 'stories'].map(project)];
  }
  const files = globSync('test/**/*.long.test.ts', { cwd: ROOT }).map((path) => path.split(sep)[1] ?? '');
  const homes: Record<string, string> = { workerd: 'workerd', stories: 'stories', conformance: 'stories' };
  const names = new Set(files.map((folder) => homes[folder] ?? 'pure'));
  return [...names, 'faults'].map(project);
}

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
for (const stage of stages()) {
  const from = performance.now();
  console.log(`\n== ${stage.name}`);
  const count = await stage.run();
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  lines.push(`${stage.name.padEnd(8)} ${seconds.padStart(6)} s  ${summary(count)}`);
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n${summary(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function summary({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
