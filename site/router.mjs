// Addresses of the site: a page per Markdown file, and a page per module of the API, which holds everything it exports.
import { KindRouter, ReflectionKind } from 'typedoc';
import { PAGES } from './contents.mjs';

const urls = new Map(PAGES.map(({ title, url }) => [title, url]));

export class SiteRouter extends KindRouter {
  getPageKind(target) {
    return target.kindOf(ReflectionKind.Module | ReflectionKind.Document)
      ? super.getPageKind(target)
      : undefined;
  }

  getIdealBaseName(target) {
    return target.isDocument()
      ? urls.get(target.name)
      : `api/${target.name.replace('polysem/', '')}`;
  }
}
