// Draws the pictures of the lab in docs/pictures (npm run lab-pictures). Each waits until training and diagram are complete.
import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { labFolder } from '../apps/lab/folder.js';
import { folderServer } from '../packages/cli/dist/lab/folder-server.js';
import { findBrowser } from './browser.mjs';

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const desktop = { width: 1280, height: 860 };

const pictures = [
  { name: 'lab-light', link: '', options: { viewport: desktop, colorScheme: 'light' } },
  {
    name: 'lab-dark',
    link: 'view=phases',
    options: { viewport: { ...desktop, height: 790 }, colorScheme: 'dark' },
  },
  { name: 'lab-guide', link: '', guide: 5, options: { viewport: desktop, colorScheme: 'light' } },
  {
    name: 'lab-phone',
    link: 'n=5&d=2&V=1&p=0.05',
    options: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  },
];

const executablePath = findBrowser();
if (executablePath === null) throw new Error('no browser is installed');
const server = folderServer(await labFolder());
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const only = process.argv.slice(2);
for (const { name, link, guide, options } of pictures) {
  if (only.length > 0 && !only.includes(name)) continue;
  // One page after the other: each uses all processors.
  // oxlint-disable-next-line no-await-in-loop
  await draw(name, link, guide, options);
}
await browser.close();
server.close();
server.closeAllConnections();

async function draw(name, link, guide, options) {
  const page = await browser.newPage(options);
  await page.goto(`${url}#${link}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  if (guide !== undefined) {
    await page.getByRole('button', { name: 'Guided path' }).click();
    for (let step = 1; step < guide; step++) {
      // oxlint-disable-next-line no-await-in-loop
      await page.getByRole('button', { name: /^Next:/ }).click();
    }
  }
  await page.waitForFunction(
    () => globalThis.lab.status === 'done' && globalThis.lab.diagrams.status === 'done',
    undefined,
    { timeout: 600_000 },
  );
  const picture = await page.screenshot({ animations: 'disabled' });
  writeFileSync(`${folder}${name}.png`, picture);
  console.error(`${name}.png: ${Math.round(picture.length / 1000)} kB`);
  await page.close();
}
