import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | null = null;

/** Keeps the temporary folders of all tests, and of the programs that they start, in one folder, and removes it at the end. */
export default function temporary(): (() => void) | undefined {
  // Each project of vitest.config.ts asks for it.
  if (folder !== null) return undefined;
  const made = mkdtempSync(join(tmpdir(), 'polysem-tests-'));
  folder = made;
  // munged refuses a socket in a folder that others may not enter.
  chmodSync(made, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = made;
  // Programs that tests have just stopped may still write.
  return () => rmSync(made, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
