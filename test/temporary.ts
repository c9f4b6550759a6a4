import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFirstTime } from './first-time.ts';

/** Keeps the temporary folders of all tests, and of the programs that they start, in one folder, and removes it at the end. */
export default function temporary(): (() => void) | undefined {
  if (!isFirstTime('temporary folder of all tests')) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'polysem-'));
  // munged refuses a socket in a folder that others may not enter.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  // Programs that tests have just stopped may still write.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
