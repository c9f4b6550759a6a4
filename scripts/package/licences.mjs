// Collects the licences of the code and the fonts of others that the package contains.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';

/**
 * The licences of everything by others in the package.
 *
 * @param {readonly string[]} modules source files of the bundle.
 * @returns {string} Markdown: a section per package.
 */
export function licences(modules) {
  const folders = new Set([...modules.flatMap(folderOf), ...fonts()]);
  const own = Array.from(folders, (folder) => {
    const { name, version, license } = read(join(folder, 'package.json'), JSON.parse);
    const text = licenceFile(folder) ?? headers(folder, modules, license);
    return [name, `## ${name} - ${version} (${license.replaceAll(/[()]/g, '')})\n\n${text}`];
  });
  const sections = new Map([...labSections(), ...own]);
  const names = [...sections.keys()].toSorted();
  return [
    '# Licences of third parties',
    'polysem is distributed under the MIT licence (LICENSE). It contains code and fonts of others:',
    ...names.map((name) => sections.get(name)),
  ].join('\n\n');
}

/** The folder of the library that a file belongs to; none for polysem's own. */
function folderOf(path) {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll('\\', '/')) ?? [];
}

/** Folders of the packages of fonts that the lab uses. */
function fonts() {
  const css = readFileSync(join(root, 'apps/lab/src/styles/fonts.css'), 'utf8');
  return Array.from(css.matchAll(/url\('(@[^/]+\/[^/]+)/g), ([, name]) =>
    join(root, 'node_modules', name),
  );
}

/** The sections that the build of the lab has written, by name. */
function labSections() {
  const text = readFileSync(join(root, 'apps/lab/dist/third-party-licences.md'), 'utf8');
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .map((part) => [/^## (\S+)/.exec(part)[1], part.replace(/\n---\s*$/, '').trim()]);
}

/** Text of the file with a library's licence, if it has one. */
function licenceFile(folder) {
  const name = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return name && read(join(folder, name));
}

/** The licences that files of a library begin with. A short notice names the Apache licence, whose text must be added. */
function headers(folder, modules, license) {
  const texts = modules
    .filter((path) => path.startsWith(`${folder}/`))
    .flatMap((path) => /^(?:\/\/.*\n)+/.exec(read(path)) ?? []);
  const notices = [...new Set(texts)].filter((text) => /licensed|redistribution/i.test(text));
  if (notices.length === 0) throw new Error(`${folder}: no licence is found`);
  // TypeScript has the same licence, and its text.
  const apache = license.includes('Apache-2.0')
    ? [read(join(root, 'node_modules/typescript/LICENSE.txt'))]
    : [];
  return [...notices.map((text) => text.replaceAll(/^\/\/ ?/gm, '').trim()), ...apache].join(
    '\n\n',
  );
}

function read(path, parse = (text) => text.trim()) {
  return parse(readFileSync(path, 'utf8'));
}
