// Finds dead links of a folder of pages: files, pages and anchors that do not exist. Addresses elsewhere are not fetched.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Links that lead nowhere, and parts of pages that are fetched from elsewhere, as `page: link`.
 *
 * @param {string} folder the site.
 * @returns {string[]} the faults.
 */
export function deadLinks(folder) {
  const pages = readdirSync(folder, { recursive: true })
    // The lab is one script, which holds no links of its own.
    .filter((name) => name.endsWith('.html') && !name.endsWith('lab.html'))
    .map((name) => join(folder, name));
  const anchors = new Map();
  const anchorsOf = (path) => {
    if (!anchors.has(path)) {
      const ids = readFileSync(path, 'utf8').matchAll(/\s(?:id|name)="([^"]+)"/g);
      anchors.set(path, new Set(Array.from(ids, ([, id]) => plain(id))));
    }
    return anchors.get(path);
  };
  return pages.flatMap((page) =>
    Array.from(readFileSync(page, 'utf8').matchAll(/<(\w+)[^>]*?\s(href|src)="([^"]*)"/g))
      .filter(([, tag, , link]) => isDead(tag, plain(link), page, anchorsOf))
      .map(([, , , link]) => `${relative(folder, page)}: ${link}`),
  );
}

function isDead(tag, link, page, anchorsOf) {
  if (/^(?:data|mailto):/.test(link)) return false;
  // Only links may lead elsewhere: pages work offline.
  if (/^(?:https?:)?\/\//.test(link)) return tag !== 'a';
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path.split('?')[0]));
  if (!existsSync(target) || statSync(target).isDirectory()) return true;
  // In a link to the lab, the part after # is the state of the lab.
  if (anchor === undefined || anchor === '' || target.endsWith('lab.html')) return false;
  return target.endsWith('.html') && !anchorsOf(target).has(decodeURIComponent(anchor));
}

const plain = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"');
