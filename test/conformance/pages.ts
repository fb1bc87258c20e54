/** Pages of a shop in a real browser, each on an origin of its own, with the clients' published files beside them. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunch } from '../browser/chromium.ts';

const PACKAGES = join(import.meta.dirname, '..', '..', 'node_modules');
export const SEGMENT = '/@segment/analytics-next/dist/umd/index.js';
export const RUDDERSTACK = '/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js';

export interface Pages {
  /** The origin of pages opened from here. */
  origin: string;
  /** A page with this script loaded, and a storage that no other page shares. */
  open: (script: string) => Promise<Page>;
  close: () => Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch(await chromiumLaunch());
}

export async function servePages(browser: Browser): Promise<Pages> {
  const server = createServer(async (asked, answer) => {
    const path = new URL(String(asked.url), 'http://page').pathname;
    if (!path.endsWith('.js')) return answer.setHeader('content-type', 'text/html').end('<!doctype html><title>Shop');
    answer.setHeader('content-type', 'text/javascript').end(await readFile(join(PACKAGES, path)).catch(() => ''));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, open: (script) => openPage(browser, origin, script), close: () => closeServer(server) };
}

async function openPage(browser: Browser, origin: string, script: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  await page.addScriptTag({ url: script });
  return page;
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
}
