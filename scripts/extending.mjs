// Copies files into docs/extending.md: each line `<!-- file: path -->` is followed by that file as a code block. --write
// updates the page; a test checks that it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PAGE = join(root, 'docs', 'extending.md');

/** The current `page`, and `drawn`, the page with its files copied in again. */
export function extendingPage() {
  const page = readFileSync(PAGE, 'utf8');
  const drawn = page.replaceAll(
    /<!-- file: (\S+) -->\n\n```ts\n[\s\S]*?^```$/gm,
    (_, path) =>
      `<!-- file: ${path} -->\n\n\`\`\`ts\n${readFileSync(join(root, path), 'utf8')}\`\`\``,
  );
  return { page, drawn };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { drawn } = extendingPage();
  if (process.argv.includes('--write')) writeFileSync(PAGE, drawn);
  else console.log(drawn);
}
