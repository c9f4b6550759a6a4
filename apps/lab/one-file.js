// Builds the whole lab as one HTML file that browsers open from disk. There, they refuse scripts and workers that lie in
// files of their own, so everything is within the page.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The modules that start workers. */
const START = at('src/workers/start-worker.ts');
const START_MODEL = at('src/model/start-model-worker.ts');
const START_RESULTS = at('src/results/start-results-worker.ts');
/** The module that knows where the examples lie. */
const EXAMPLES = at('src/model/example-address.ts');
/** Entry of the script that all workers of the page share. */
const WORKERS = 'virtual:workers';

/** Options common to both builds: one script, with all that it imports. */
const options = {
  root,
  logLevel: 'warn',
  configFile: at('vite.config.ts'),
  mode: 'one-file',
};
const output = {
  write: false,
  cssCodeSplit: false,
  assetsInlineLimit: Infinity,
  modulePreload: false,
  copyPublicDir: false,
};

/**
 * Writes `dist/lab.html`.
 *
 * @returns {Promise<void>}
 */
export async function buildOneFile() {
  const workers = await script(WORKERS, {
    name: 'workers',
    enforce: 'pre',
    // Workers that do all tasks of a pool do those of rows too, and one script must not do them twice.
    resolveId: (id) =>
      id === WORKERS
        ? id
        : id === '@polysem/threads/browser-row-worker'
          ? at('../../packages/threads/src/browser-worker.ts')
          : null,
    load: (id) =>
      id === WORKERS
        ? `import ${JSON.stringify(at('src/workers/worker.ts'))};
           import ${JSON.stringify(at('src/model/model-worker.ts'))};
           import ${JSON.stringify(at('src/results/results-worker.ts'))};`
        : null,
  });
  const within = new Map([
    [START, startsWorker(workers)],
    [START_RESULTS, `export { startWorker as startResultsWorker } from ${JSON.stringify(START)};`],
    [START_MODEL, `export { startWorker as startModelWorker } from ${JSON.stringify(START)};`],
    [EXAMPLES, await holdsExamples()],
  ]);
  const { code, css, html } = await page({
    name: 'within-the-page',
    enforce: 'pre',
    load: (id) => within.get(id) ?? null,
  });
  await writeFile(at('dist/lab.html'), await wholePage(html, code, css));
}

/** A module that starts a worker with the given script. Browsers start no module worker from a blob of a page on disk. */
const startsWorker = (code) => `
  const script = '${address('text/javascript', code)}';
  export const startWorker = () => new Worker(script, { type: 'module' });`;

/** A module that holds the files of the examples. */
async function holdsExamples() {
  const folder = at('public/examples');
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [
      name,
      address(`application/octet-stream;name=${name}`, await readFile(`${folder}/${name}`)),
    ]),
  );
  return `
    const files = new Map(${JSON.stringify(files)});
    export const exampleAddress = (name) => files.get(name);`;
}

const address = (type, content) => `data:${type};base64,${Buffer.from(content).toString('base64')}`;

async function script(input, plugin) {
  const found = await bundle(input, plugin);
  return found.find(({ type }) => type === 'chunk').code;
}

async function page(plugin) {
  const found = await bundle(at('index.html'), plugin);
  const asset = (ending) => found.find(({ fileName }) => fileName.endsWith(ending)).source;
  const code = found.find(({ type, isEntry }) => type === 'chunk' && isEntry).code;
  return { code, css: asset('.css'), html: asset('.html') };
}

async function bundle(input, plugin) {
  const built = await build({
    ...options,
    plugins: [plugin],
    build: {
      ...output,
      rolldownOptions: {
        input,
        output: { codeSplitting: false },
        checks: { pluginTimings: false },
      },
    },
  });
  return (Array.isArray(built) ? built : [built]).flatMap((one) => one.output);
}

/** Fonts within the page need no time limit. */
const shownAtOnce = (css) => css.replaceAll('font-display:optional', 'font-display:block');

/** The page with script, styles and icon in it. */
async function wholePage(html, code, css) {
  const icon = await readFile(at('public/icon.svg'), 'utf8');
  // Within a page, these would end or nest the script.
  const safe = code.replaceAll(/<(?=!--|\/?script)/gi, String.raw`\x3C`);
  const outside =
    /\s*<(?:script type="module"|link rel="(?:stylesheet|icon)")[^>]*>(?:<\/script>)?/g;
  return html
    .replaceAll(outside, '')
    .replace(
      '</head>',
      () =>
        `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}"><style>${shownAtOnce(css)}</style></head>`,
    )
    .replace('</body>', () => `<script type="module">${safe}</script></body>`);
}
