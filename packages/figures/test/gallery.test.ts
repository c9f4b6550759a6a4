import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Example } from '../gallery/example.ts';
import { PROVENANCE } from './samples.ts';
import { textBox } from './text-box.ts';
import { elements, parseXml } from './xml.ts';

// `npm run gallery` runs this file with --update, which writes the pictures instead of comparing them.

const GALLERY = fileURLToPath(new URL('../gallery/', import.meta.url));
/** Pixels. */
const PHONE = 360;
const THEMES = ['light', 'dark'] as const;
const NAMES = readdirSync(`${GALLERY}examples`).map((file) => file.replace(/\.ts$/, ''));

let examples = new Map<string, Example>();

beforeAll(async () => {
  const load = async (name: string): Promise<[string, Example]> => {
    const module = (await import(`../gallery/examples/${name}.ts`)) as { default: Example };
    return [name, module.default];
  };
  examples = new Map(await Promise.all(NAMES.map(load)));
});

function example(name: string): Example {
  const found = examples.get(name);
  if (found === undefined) throw new Error(`gallery: examples/${name}.ts exports no example`);
  return found;
}

describe.each(NAMES)('the example %s', (name) => {
  it.each(THEMES)('draws the committed picture in %s', async (theme) => {
    const { title, draw } = example(name);
    const svg = draw({ title, theme, provenance: PROVENANCE });
    await expect(svg).toMatchFileSnapshot(`${GALLERY}${theme}/${name}.svg`);
  });

  it('keeps every text inside a figure that is as wide as a phone', () => {
    const { title, draw } = example(name);
    const root = parseXml(draw({ title, width: PHONE, provenance: PROVENANCE }));
    const height = Number(root.attributes.height);
    for (const box of elements(root, 'text').map(textBox)) {
      expect(box.left, box.content).toBeGreaterThanOrEqual(0);
      expect(box.right, box.content).toBeLessThanOrEqual(PHONE);
      expect(box.bottom, box.content).toBeLessThanOrEqual(height);
    }
  });
});

describe('the gallery', () => {
  it('has a page that shows every example', async () => {
    const entries = NAMES.map((name) => {
      const { title, about } = example(name);
      const pictures = THEMES.map((theme) => {
        return `<img src="${theme}/${name}.svg" alt="${title}, ${theme}" width="49%">`;
      });
      return `## ${title}\n\n${about} Source: [${name}.ts](examples/${name}.ts).\n\n${pictures.join('\n')}\n`;
    });
    const page = `# Gallery

Every figure of \`@polysem/figures\`, drawn in light and in dark from the fixed data of an example. A test draws each
example again and compares it with the committed picture byte for byte. After an intended change, \`npm run gallery\`
redraws the pictures; look at each one that changed.

${entries.join('\n')}`;
    await expect(page).toMatchFileSnapshot(`${GALLERY}README.md`);
  });

  it('holds no picture without an example', () => {
    for (const theme of THEMES) {
      if (!existsSync(`${GALLERY}${theme}`)) continue;
      expect(readdirSync(`${GALLERY}${theme}`)).toEqual(NAMES.map((name) => `${name}.svg`));
    }
  });
});
