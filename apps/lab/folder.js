// The folder of the built page, for programs that serve it. In a checkout it is built first if it is missing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const lab = fileURLToPath(new URL('.', import.meta.url));

/**
 * The folder with the page's `index.html`.
 *
 * @returns {Promise<string>} its path.
 */
export async function labFolder() {
  const folder = fileURLToPath(new URL('dist', import.meta.url));
  if (!existsSync(`${folder}/index.html`)) {
    process.env.NODE_ENV = 'production';
    const { build } = await import('vite');
    await build({ root: lab, logLevel: 'error' });
  }
  return folder;
}
