import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';

// Pins results to the last bit: the same seed, version and kernel give the same bytes. Tests with an independent second way
// say that results are right; these say that no result changes unnoticed. After an intended change raise `revision` and
// renew the snapshots (`npx vitest run packages/core/test/pinned -u`).

/** A test that pins a digest of each of many results. */
export function pinned(name: string, results: () => readonly unknown[] | Promise<unknown[]>): void {
  it(`${name}: results of this revision`, async () => {
    expect(rowsOf((await results()).map(digestOf))).toMatchSnapshot();
  });
}

/** Ten digests per row, so that snapshots are short and a change shows its place. */
function rowsOf(digests: readonly string[]): string[] {
  return times(Math.ceil(digests.length / 10), (row) =>
    digests.slice(10 * row, 10 * row + 10).join(' '),
  );
}

/** A test that pins the messages of errors, one for each call. */
export function refused(name: string, calls: readonly (() => unknown)[]): void {
  it(`${name}: messages of errors`, async () => {
    expect(await Promise.all(calls.map(messageOf))).toMatchSnapshot();
  });
}

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'no error';
  } catch (error) {
    return String(error);
  }
}

/** First 8 digits of the SHA-256 of a value: numbers by their bits, NaN by its name, functions left out. */
export function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  const add = (part: unknown): void => {
    if (typeof part === 'number') {
      // The bits of NaN are the engine's choice.
      if (Number.isNaN(part)) hash.update('NaN;');
      else hash.update(new Uint8Array(Float64Array.of(part).buffer));
    } else if (ArrayBuffer.isView(part)) {
      hash.update(`${part.constructor.name} ${part.byteLength}:`);
      hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    } else if (Array.isArray(part)) {
      hash.update(`${part.length}:`);
      for (const item of part) add(item);
    } else if (typeof part === 'object' && part !== null) {
      for (const [key, field] of Object.entries(part).toSorted(byKey)) {
        if (typeof field === 'function') continue;
        hash.update(`${key}:`);
        add(field);
      }
    } else {
      hash.update(`${typeof part} ${String(part)};`);
    }
  };
  add(value);
  return hash.digest('hex').slice(0, 8);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Calls a function with 0 .. count - 1. */
export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
