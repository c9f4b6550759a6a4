// Builds the site into a folder of static files: node site/build.mjs [--out FOLDER] [--report FOLDER | --quick]
//
// --report takes a report that exists (npm start writes polysem-report); --quick computes figure 2 only. The exit status is 1 if
// a public name has no docstring, or a link leads nowhere.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Application, ConsoleLogger, Converter, LogLevel, ReflectionKind } from 'typedoc';
import { PAGES } from './contents.mjs';
import { deadLinks } from './links.mjs';
import { addMath } from './math.mjs';
import { SiteRouter } from './router.mjs';
import { SiteTheme } from './theme.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: here('dist') },
    report: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const out = resolve(values.out);

/** Pages in Markdown and the API reference. */
async function buildPages() {
  rmSync(out, { recursive: true, force: true });
  const app = await Application.bootstrapWithPlugins({
    name: 'polysem',
    // Types of options and results that no module exports by name belong to the reference, too.
    plugin: ['typedoc-plugin-missing-exports'],
    placeInternalsInOwningModule: true,
    entryPoints: entryPoints(),
    tsconfig: here('tsconfig.json'),
    readme: 'none',
    projectDocuments: PAGES.map(({ file }) => join(root, file)).filter((file) => existsSync(file)),
    basePath: root,
    router: 'site',
    theme: 'site',
    skipErrorChecking: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    useFirstParagraphOfCommentAsSummary: true,
    lightHighlightTheme: 'github-light-high-contrast',
    darkHighlightTheme: 'github-dark-high-contrast',
    searchGroupBoosts: { Documents: 4 },
    searchInDocuments: true,
    searchInComments: true,
    groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', '*'],
    includeHierarchySummary: false,
    cacheBust: false,
    markdownItLoader: addMath,
    highlightLanguages: [
      'bash',
      'console',
      'javascript',
      'typescript',
      'python',
      'json',
      'yaml',
      'html',
      'sql',
      'text',
    ],
    ignoredHighlightLanguages: ['math', 'pycon'],
    validation: { notExported: false, invalidLink: true, invalidPath: true, notDocumented: true },
    requiredToBeDocumented: ['Function', 'Variable', 'Class', 'Interface', 'TypeAlias'],
    logLevel: LogLevel.Warn,
  });
  app.logger = new BuildLogger();
  app.renderer.defineRouter('site', SiteRouter);
  app.renderer.defineTheme('site', SiteTheme);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, nameDocument);
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, nameModule);
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc read no sources');
  app.validate(project);
  // The theme lists the names that another page describes.
  for (const module of project.children)
    module.groups = module.groups?.filter(({ title }) => title !== 'References');
  await app.generateDocs(project, out);
  if (app.logger.hasWarnings() || app.logger.hasErrors()) process.exitCode = 1;
}

/** Prints warnings, except that an overloaded function has one docstring, for the parameters of all its signatures. */
class BuildLogger extends ConsoleLogger {
  warn(text, ...place) {
    if (!/has an @param with name ".*", which was not used/.test(text)) super.warn(text, ...place);
  }
}

/**
 * The modules of the API reference: what users of the package import. The root comes last, so that a name that it shares with
 * a subject is described on the page of the subject. Workers export nothing.
 */
function entryPoints() {
  const folder = join(root, 'packages/polysem');
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.values(exports)
    .map((conditions) => conditions['polysem-source'])
    .filter((source) => source !== undefined && !source.endsWith('worker.ts'))
    .toReversed()
    .map((source) => join(folder, source));
}

/** Names a page as the menu does. */
function nameDocument(_context, document) {
  const path = document.project.files.getReflectionPath(document);
  const page = PAGES.find(({ file }) => join(root, file) === path);
  if (page === undefined) throw new Error(`${path} has no place in site/contents.mjs`);
  document.name = page.title;
}

/** Names a module as users import it. */
function nameModule(_context, reflection) {
  if (!reflection.kindOf(ReflectionKind.Module)) return;
  const [, path = ''] = /\bsrc\/(.*)/.exec(reflection.name) ?? [];
  reflection.name = path === '' ? 'polysem' : `polysem/${path}`;
}

/** Styles, fonts, and the lab in one file, which also opens from disk. */
async function addLab() {
  const assets = join(out, 'assets');
  const styles = ['base', 'prose', 'menu', 'api', 'front', 'widths'].map((name) =>
    readFileSync(here(`styles/${name}.css`), 'utf8'),
  );
  writeFileSync(join(assets, 'site.css'), styles.join('\n'));
  cpSync(here('site.js'), join(assets, 'site.js'));
  const packages = join(root, 'node_modules');
  cpSync(join(packages, 'katex/dist/katex.min.css'), join(assets, 'katex.css'));
  cpSync(join(packages, 'katex/dist/fonts'), join(assets, 'fonts'), {
    recursive: true,
    filter: (path) => !/\.(?:ttf|woff)$/.test(path),
  });
  for (const font of ['inter/files/inter-latin', 'source-serif-4/files/source-serif-4-latin'])
    for (const style of ['normal', 'italic']) {
      const name = `${font}-wght-${style}.woff2`;
      cpSync(
        join(packages, '@fontsource-variable', name),
        join(assets, 'fonts', name.split('/').at(-1)),
      );
    }
  cpSync(join(root, 'docs/pictures/phase-diagram.svg'), join(assets, 'phase-diagram.svg'));
  cpSync(join(root, 'apps/lab/public/icon.svg'), join(assets, 'icon.svg'));
  const { labFolder } = await import('../apps/lab/folder.js');
  cpSync(join(await labFolder(), 'lab.html'), join(out, 'lab.html'));
}

/** Starts to compute the report of `npm start`, or takes the given one; resolves with its folder. */
async function report() {
  if (values.report !== undefined) return resolve(values.report);
  const folder = join(mkdtempSync(join(tmpdir(), 'polysem-site-')), 'report');
  const program = join(root, 'packages/polysem/bin/polysem.js');
  const what = values.quick ? 'figure2' : 'all';
  await promisify(execFile)(process.execPath, [program, 'reproduce', what, '--out', folder]);
  return folder;
}

const computed = report();
await buildPages();
await addLab();
const folder = await computed;
cpSync(folder, join(out, 'report'), { recursive: true });
if (values.report === undefined) rmSync(dirname(folder), { recursive: true });
const dead = deadLinks(out);
for (const link of dead) console.error(`dead link: ${link}`);
if (dead.length > 0) process.exitCode = 1;
console.log(relative(process.cwd(), join(out, 'index.html')));
