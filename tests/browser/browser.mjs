// A real Chromium, and a server of files for it: what every test in this folder stands on.
//
//   const browser = await launch();                     // CHROMIUM=/path overrides where it is looked for
//   const site = await serve('hall-client/desk');       // a folder of the repository, at site.origin
//   const page = await browser.newPage();
//   await page.goto(site.origin);
//   ...
//   await browser.close();
//   await site.close();

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

/** The top of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const KINDS = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
/** What a desk's page may do: its own files, nothing else, no evaluated text. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
const EMPTY_PAGE = '<!doctype html><meta charset="utf-8"><title>test</title>';

/** Starts Chromium without a window. Its own sandbox is off: it cannot be had as root, and these pages are ours. */
export function launch(options = {}) {
  const found = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!found) throw new Error(`no Chromium at ${PLACES.join(', ')}; set CHROMIUM or install the package chromium`);
  return chromium.launch({ executablePath: found, chromiumSandbox: false, ...options });
}

/** Serves a folder of the repository on a free port of this machine; `/` is an empty page unless it has an index. */
export async function serve(folder) {
  const base = resolve(ROOT, folder);
  const server = createServer((request, response) => answer(base, request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    port: server.address().port,
    close: () => new Promise((closed) => { server.close(closed); server.closeAllConnections(); }),
  };
}

function answer(base, request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://test').pathname));
  const file = join(base, path === '/' ? 'index.html' : path);
  response.setHeader('content-security-policy', POLICY);
  if (existsSync(file) && statSync(file).isFile()) {
    response.setHeader('content-type', KINDS[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  } else {
    response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/html' });
    response.end(path === '/' ? EMPTY_PAGE : '');
  }
}
