// Builds the page: the folder `dist`, and in it `lab.html`, the whole lab in one file.
import { fileURLToPath } from 'node:url';

/**
 * Builds the page.
 *
 * @returns {Promise<void>}
 */
export async function buildLab() {
  // Set to 'test' by the test runner, which would add checks for developers.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const { buildOneFile } = await import('./one-file.js');
  await build({ root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'warn' });
  await buildOneFile();
}
