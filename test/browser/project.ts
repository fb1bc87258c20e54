/** The vitest project that drives the real drawer in a real browser: headless, one page size, no animations by default. */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { BrowserCommand } from 'vitest/node';
import { buildWidget } from '../../worker/local/build-widget.ts';
import { chromiumLaunch } from './chromium.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Media {
  readonly colorScheme?: 'light' | 'dark' | null;
  readonly reducedMotion?: 'reduce' | 'no-preference' | null;
  readonly forcedColors?: 'active' | 'none' | null;
}

const emulateMedia: BrowserCommand<[Media]> = ({ page }, media) => page.emulateMedia(media);

/** For `test.projects`. */
export async function browserProject(): Promise<TestProjectInlineConfiguration> {
  return {
    root: ROOT,
    plugins: [builtWidget()],
    optimizeDeps: { include: ['lit', 'axe-core'] },
    test: {
      name: 'browser',
      include: ['test/browser/**/*.test.ts'],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        commands: { emulateMedia },
        // Classic scrollbars take up room, which is what the scroll lock is about.
        provider: playwright({
          launchOptions: { ...(await chromiumLaunch()), ignoreDefaultArgs: ['--hide-scrollbars'] },
          contextOptions: { reducedMotion: 'reduce', locale: 'en-US', timezoneId: 'Europe/Berlin' },
        }),
        instances: [{ browser: 'chromium', viewport: { width: 1280, height: 800 } }],
      },
    },
  };
}

/**
 * Serves hub.js and its chunks as they ship, built once, and a bare storefront: the loader is tested from the outside, in a
 * page of its own that may navigate. `?chunks=gone` and `?chunks=never` serve a loader whose chunks fail or hang.
 */
function builtWidget(): Plugin {
  const outdir = join(tmpdir(), `regulars-widget-${process.pid}`);
  return {
    name: 'built-widget',
    closeBundle: () => rm(outdir, { recursive: true, force: true }),
    async configureServer(server) {
      await buildWidget({ outdir, minify: true });
      server.middlewares.use(async (request, response, next) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        const page = PAGES[url.pathname];
        if (url.pathname.startsWith('/never/')) return;
        if (page === undefined && !/^\/hub(\.js|\/[\w-]+\.js)$/.test(url.pathname)) return next();
        response.setHeader('content-type', page === undefined ? 'text/javascript' : 'text/html');
        if (url.pathname === '/strict') response.setHeader('content-security-policy', STRICT);
        response.end(page ?? (await scriptAt(join(outdir, normalize(url.pathname)), url)));
      });
    },
  };
}

const html = (title: string, body = ''): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>`;

const PAGES: Readonly<Record<string, string>> = {
  '/storefront': html('Storefront'),
  '/storefront/checkout': html('Checkout'),
  '/account': html('Account page'),
  '/strict': html(
    'Strict storefront',
    '<a href="/account">Account</a><script src="/hub.js" data-shop="pk_test" async></script>',
  ),
};

/** No inline style, no script but ours, and of Trusted Types only the policy that Lit makes. */
const STRICT = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html";

async function scriptAt(path: string, url: URL): Promise<string> {
  const code = await readFile(path, 'utf8').catch(() => '');
  const chunks = url.searchParams.get('chunks');
  return chunks ? code.replaceAll('/hub/', `/${chunks}/`) : code;
}
