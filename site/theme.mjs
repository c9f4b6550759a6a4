// The look of the site: TypeDoc's pages in a layout of our own, with one menu of all pages.
import { readFileSync } from 'node:fs';
import { DefaultTheme, DefaultThemeRenderContext, JSX, ReflectionKind } from 'typedoc';
import { GROUPS } from './contents.mjs';

const h = JSX.createElement;
const raw = (html) => h(JSX.Raw, { html });
const landing = readFileSync(new URL('landing.html', import.meta.url), 'utf8');

/** Links at the top of every page: name and address from the root of the site. */
const TOP = [
  ['Guides', 'guides/predict.html'],
  ['Lab', 'lab.html'],
  ['API', 'api/polysem.html'],
  ['Theory', 'theory/theory.html'],
  ['Report', 'report/report.html'],
];

const DESCRIPTION =
  'polysem: feature capacity, superposition and polysemanticity in neural networks, predicted, trained and measured.';

class SiteContext extends DefaultThemeRenderContext {
  constructor(...parts) {
    super(...parts);
    const { member, reflectionTemplate } = this;
    this.reflectionTemplate = (page) =>
      page.model.isProject() ? raw(landing) : reflectionTemplate(page);
    this.member = (reflection) =>
      reflection.kindOf(ReflectionKind.Interface)
        ? interfaceContent(this, reflection)
        : member(reflection);
  }

  defaultLayout = (template, page) => layout(this, template, page);
  header = (page) => heading(this, page);
  moduleReflection = (module) => moduleContent(this, module);
  navigation = (page) => menu(this, page);
  toolbar = (page) => toolbar(this, page);
  footer = () => footer(this);
}

export class SiteTheme extends DefaultTheme {
  ContextClass = SiteContext;

  getRenderContext(page) {
    return new SiteContext(this.router, this, page, this.application.options);
  }
}

function layout(context, template, page) {
  const at = (path) => context.relativeURL(path, true);
  const isFront = page.model.isProject();
  const title = isFront ? 'polysem' : `${page.model.name} · polysem`;
  return h(
    'html',
    { class: 'default', lang: 'en', 'data-base': context.relativeURL('./') },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('title', null, title),
      h('meta', { name: 'description', content: DESCRIPTION }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('link', { rel: 'icon', href: at('assets/icon.svg') }),
      ['style', 'highlight', 'katex', 'site'].map((name) =>
        h('link', { rel: 'stylesheet', href: at(`assets/${name}.css`) }),
      ),
      h('script', { defer: true, src: at('assets/main.js') }),
      h('script', { defer: true, src: at('assets/site.js') }),
      h('script', { async: true, src: at('assets/icons.js'), id: 'tsd-icons-script' }),
      h('script', { async: true, src: at('assets/search.js'), id: 'tsd-search-script' }),
    ),
    h(
      'body',
      { class: isFront ? 'front' : undefined },
      h('a', { class: 'skip', href: '#content' }, 'Skip to the content'),
      h(
        'script',
        null,
        raw("document.documentElement.dataset.theme = localStorage.getItem('tsd-theme') || 'os';"),
      ),
      context.toolbar(page),
      isFront
        ? h('main', { id: 'content' }, template(page))
        : h(
            'div',
            { class: 'container container-main' },
            h(
              'main',
              { class: 'col-content', id: 'content' },
              context.header(page),
              template(page),
            ),
            h(
              'div',
              { class: 'col-sidebar' },
              h(
                'aside',
                { class: 'page-menu', 'aria-label': 'This page' },
                context.pageSidebar(page),
              ),
              h('div', { class: 'site-menu' }, context.sidebar(page)),
            ),
          ),
      context.footer(),
      h('div', { class: 'overlay' }),
    ),
  );
}

/** Pages in Markdown begin with a heading of their own. */
function heading(context, page) {
  return page.model.isDocument()
    ? h(JSX.Fragment, null)
    : h('div', { class: 'tsd-page-title' }, h('h1', null, page.model.name));
}

/** A module of the API on one page: its comment, the names described on other pages, and everything else in full. */
function moduleContent(context, module) {
  const children = module.children ?? [];
  const elsewhere = new Map();
  for (const child of children.filter((one) => one.isReference())) {
    const { name } = child.getTargetReflectionDeep().parent;
    elsewhere.set(name, [...(elsewhere.get(name) ?? []), child]);
  }
  return h(
    'div',
    { class: 'api' },
    h('section', { class: 'tsd-panel tsd-comment' }, context.commentSummary(module)),
    Array.from(elsewhere, ([name, references]) =>
      h(
        'section',
        null,
        h('h2', { class: 'subject' }, name),
        h(
          'dl',
          { class: 'fields' },
          references.map((reference) => referenceContent(context, reference)),
        ),
      ),
    ),
    (module.groups ?? []).map((group) => groupContent(context, group)),
  );
}

/** Functions, types or variables of a module: their names, then each in full. */
function groupContent(context, { title, children }) {
  context.page.startNewSection(title);
  const anchor = context.slugger.slug(title);
  return h(
    'section',
    null,
    h('h2', { id: anchor }, title),
    h(
      'p',
      { class: 'names' },
      children.map((child) => [h('a', { href: context.urlTo(child) }, child.name), ' ']),
    ),
    children.map((child) => context.member(child)),
  );
}

/** A name that another page describes: a link, and the first sentence about it. */
function referenceContent(context, reference) {
  const target = reference.getTargetReflectionDeep();
  return h(
    JSX.Fragment,
    null,
    h(
      'dt',
      { id: context.getAnchor(reference) },
      h('a', { href: context.urlTo(target) }, reference.name),
    ),
    h('dd', null, context.commentShortSummary(target)),
  );
}

/** An interface: its comment, then a line per field. */
function interfaceContent(context, reflection) {
  const anchor = context.getAnchor(reflection);
  context.page.pageHeadings.push({
    link: `#${anchor}`,
    text: reflection.name,
    kind: reflection.kind,
    icon: context.theme.getReflectionIcon(reflection),
  });
  const fields = reflection.children ?? [];
  return h(
    'section',
    { class: 'tsd-panel tsd-member' },
    h('h3', { id: anchor }, reflection.name),
    context.commentSummary(reflection),
    context.commentTags(reflection),
    reflection.typeParameters !== undefined && context.typeParameters(reflection.typeParameters),
    (reflection.signatures ?? []).map((signature) =>
      h('div', { class: 'tsd-signature' }, context.memberSignatureTitle(signature)),
    ),
    h(
      'dl',
      { class: 'fields' },
      fields.map((field) => fieldContent(context, field)),
    ),
  );
}

function fieldContent(context, field) {
  const signature = field.signatures?.[0];
  const mark = field.flags.isOptional ? '?: ' : ': ';
  const commented = signature ?? field;
  return h(
    JSX.Fragment,
    null,
    h(
      'dt',
      { id: context.getAnchor(field) },
      signature === undefined
        ? [h('b', null, field.name), mark, context.type(field.type)]
        : context.memberSignatureTitle(signature),
    ),
    h('dd', null, context.commentSummary(commented), context.commentTags(commented)),
  );
}

function toolbar(context, page) {
  const link = ([name, path]) => h('a', { href: context.relativeURL(path) }, name);
  return h(
    'header',
    { class: 'tsd-page-toolbar' },
    h(
      'div',
      { class: 'tsd-toolbar-contents container' },
      h('a', { class: 'title', href: context.relativeURL('index.html') }, 'polysem'),
      h('nav', { id: 'tsd-toolbar-links', 'aria-label': 'Main' }, TOP.map(link)),
      h(
        'button',
        { id: 'tsd-search-trigger', class: 'tsd-widget', 'aria-label': 'Search' },
        context.icons.search(),
      ),
      searchDialog(),
      page.model.isProject()
        ? null
        : h(
            'a',
            {
              href: '#',
              class: 'tsd-widget menu',
              id: 'tsd-toolbar-menu-trigger',
              'data-toggle': 'menu',
              'aria-label': 'Menu',
            },
            context.icons.menu(),
          ),
    ),
  );
}

function searchDialog() {
  return h(
    'dialog',
    { id: 'tsd-search', 'aria-label': 'Search' },
    h('input', {
      role: 'combobox',
      id: 'tsd-search-input',
      'aria-label': 'Search',
      'aria-controls': 'tsd-search-results',
      'aria-autocomplete': 'list',
      'aria-expanded': 'true',
      spellcheck: false,
      autocapitalize: 'off',
      autocomplete: 'off',
      placeholder: 'Search guides and functions',
      maxLength: 100,
    }),
    h('ul', { role: 'listbox', id: 'tsd-search-results', 'aria-label': 'Results' }),
    h(
      'div',
      { id: 'tsd-search-status', 'aria-live': 'polite', 'aria-atomic': 'true' },
      h('div', null, 'Preparing the search ..'),
    ),
  );
}

/** The menu of all pages, as plain links: it works without scripts, too. */
function menu(context, page) {
  const here = page.url;
  const link = (url, title) =>
    h(
      'li',
      null,
      h(
        'a',
        { href: context.relativeURL(url), 'aria-current': url === here ? 'page' : undefined },
        title,
      ),
    );
  const group = (title, links) => h(JSX.Fragment, null, h('h2', null, title), h('ul', null, links));
  const modules = (page.project.children ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return h(
    'nav',
    { class: 'menu-of-pages', 'aria-label': 'Pages' },
    GROUPS.map(({ title, pages }) =>
      group(
        title,
        pages
          .filter((entry) => isOnSite(page.project, entry))
          .map((entry) => link(`${entry.url}.html`, entry.title)),
      ),
    ),
    group(
      'API',
      modules.map((module) => link(context.router.getFullUrl(module), module.name)),
    ),
  );
}

const isOnSite = (project, { title }) =>
  (project.documents ?? []).some((document) => document.name === title);

function footer(context) {
  return h(
    'footer',
    null,
    h(
      'p',
      null,
      'polysem, MIT licence. Pages built by ',
      h('a', { href: 'https://typedoc.org/' }, 'TypeDoc'),
      '. Source of the theory: ',
      h('a', { href: 'https://arxiv.org/abs/2210.01892' }, 'arXiv:2210.01892'),
      '. ',
      h('a', { href: context.relativeURL('inside/changelog.html') }, 'Changelog'),
    ),
  );
}
