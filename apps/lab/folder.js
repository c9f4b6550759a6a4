// The folder of the built page, for programs that serve it. In a checkout it is built first if it is missing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The folder with the page's `index.html`, and with `lab.html`, the whole lab in one file.
 *
 * @returns {Promise<string>} its path.
 */
export async function labFolder() {
  const folder = fileURLToPath(new URL('dist', import.meta.url));
  if (!existsSync(`${folder}/lab.html`)) {
    const { buildLab } = await import('./build.js');
    await buildLab();
  }
  return folder;
}
