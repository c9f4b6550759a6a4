import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const packages = new URL('../../', import.meta.url);
const libraries = new URL('../../../node_modules/', import.meta.url);

/** Where the libraries lie that readers use, as a bundler or a page's own map finds them. */
const imports = {
  fflate: '/lib/fflate/esm/browser.js',
  fzstd: '/lib/fzstd/esm/index.mjs',
  hyparquet: '/lib/hyparquet/src/index.js',
  'hyparquet/': '/lib/hyparquet/',
  'hyparquet-writer': '/lib/hyparquet-writer/src/index.js',
  '@bufbuild/protobuf/wire': '/lib/@bufbuild/protobuf/dist/esm/wire/index.js',
};
const PAGE = `<!doctype html><title>threads</title><script type="importmap">${JSON.stringify({ imports })}</script>`;

/** A page on localhost with the compiled packages beside it, in a context of its own or not. */
export async function serveSite(isIsolated: boolean): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const isModule = /\.m?js$/.test(path);
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html');
    // Each worker loads the whole house, which does not change meanwhile.
    response.setHeader('cache-control', 'max-age=3600');
    if (isIsolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    try {
      response.end(isModule ? script(path) : PAGE);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** `/core/..`, `/io/..` and `/threads/..` as compiled, `/lib/..` of libraries, `/jobs.js` from the source beside this one. */
function script(path: string): string {
  if (path.startsWith('/lib/')) {
    return readFileSync(fileURLToPath(new URL(path.slice('/lib/'.length), libraries)), 'utf8');
  }
  const code =
    path === '/jobs.js'
      ? ts.transpile(readFileSync(new URL('jobs.ts', import.meta.url), 'utf8'), {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
        })
      : readFileSync(
          fileURLToPath(new URL(path.replace(/^\/(\w+)\//, '$1/dist/'), packages)),
          'utf8',
        );
  // Workers do not know the page's import map.
  return code
    .replaceAll(/'@polysem\/(\w+)'/g, `'/$1/index.js'`)
    .replaceAll(/'@polysem\/(\w+)\/(\w+)'/g, `'/$1/$2/index.js'`);
}
