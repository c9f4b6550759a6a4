// Reads the journal that a killed command leaves, independently of the code that wrote it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const JOURNAL = /^\.polysem-journal-[0-9a-f]+/;
const PREFIX_BYTES = 36;

/** The heads of the intact records of a file; none if the file is absent or of another kind. */
function heads(path) {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    return [];
  }
  const lineEnd = bytes.indexOf('\n');
  const identity = /^polysem store 1 [BL]E (".*")$/.exec(bytes.toString('latin1', 0, lineEnd))?.[1];
  if (identity === undefined) return [];
  const found = [];
  for (let at = lineEnd + 1; at + PREFIX_BYTES <= bytes.length;) {
    const text = at + PREFIX_BYTES;
    const arrays = text + bytes.readUInt32LE(at + 32);
    const json = bytes.subarray(text, arrays);
    const digest = createHash('sha256').update(identity).update(json).digest();
    if (!digest.equals(bytes.subarray(at, at + 32))) break;
    const head = JSON.parse(json.toString());
    if (arrays + head.bytes > bytes.length) break;
    found.push(head);
    at = arrays + head.bytes;
  }
  return found;
}

/** The part and, if it counts steps, the step of a file with the state of an unfinished part; null for other files. */
export function lastState(path) {
  const [head] = heads(path);
  return head === undefined ? null : { part: head.part, step: head.value?.state?.step ?? null };
}

/** The number of finished parts and the states of unfinished ones in a folder. */
export function leftIn(folder) {
  const names = readdirSync(folder).filter((name) => JOURNAL.test(name));
  const journal = names.find((name) => JOURNAL.exec(name)[0] === name);
  const states = names.filter((name) => name !== journal && !name.endsWith('.tmp'));
  return {
    finished:
      journal === undefined
        ? 0
        : new Set(heads(join(folder, journal)).map(({ part }) => part)).size,
    states: states.flatMap((name) => lastState(join(folder, name)) ?? []),
  };
}
