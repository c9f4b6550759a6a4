/* oxlint-disable no-await-in-loop -- one function ends after the other */
import { describe, expect, test, vi } from 'vitest';
import { fileSource } from '../src/bytes/index.ts';
import { bytesSource } from '../src/index.ts';
import { readAhead } from '../src/bytes/read-ahead.ts';
import { comparing } from '../src/bytes/same-version.ts';
import { limiter, retried, Transient } from '../src/bytes/retry.ts';

describe.each([
  ['bytes', bytesSource],
  [
    'a dropped file',
    (name: string, bytes: Uint8Array<ArrayBuffer>) => fileSource(new File([bytes], name)),
  ],
] as const)('a source of %s', (_, sourceOf) => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const source = sourceOf('x', bytes);

  test.each([
    [0, 0],
    [0, 4],
    [4, 0],
    [3, 1],
  ])('reads the range from %d with %d bytes', async (offset, length) => {
    expect(await source.read(offset, length)).toEqual(bytes.slice(offset, offset + length));
  });

  test.each([
    [-1, 1],
    [0, -1],
    [NaN, 1],
    [0, NaN],
    [0.5, 1],
    [0, 0.5],
    [0, Infinity],
    [2 ** 53, 1],
    [0, 5],
    [4, 1],
    [5, 0],
  ])('rejects the range from %d with %d bytes', async (offset, length) => {
    await expect(source.read(offset, length)).rejects.toThrow(
      `x: ${length} bytes at offset ${offset} exceed its 4 bytes; the file is truncated or damaged`,
    );
  });

  test('gives copies, which the caller may overwrite', async () => {
    (await source.read(0, 4)).fill(0);
    expect(await source.read(0, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

test('ranges of a server without ETags are followed by 256 bytes that were seen before', async () => {
  const calls: [number, number][] = [];
  const fetchRange = comparing('x', new Uint8Array(300), async (offset, length) => {
    calls.push([offset, length]);
    return new Uint8Array(length);
  });
  expect(await fetchRange(100_000, 10)).toEqual(new Uint8Array(10));
  expect(calls).toEqual([
    [100_000, 10],
    [44, 256],
  ]);
});

test('a change of a file is noticed beside a short start, and after an empty range', async () => {
  let content = Uint8Array.from({ length: 500 }, (_, i) => i % 251);
  const fetchRange = comparing('x', content.slice(0, 100), async (offset, length) =>
    content.slice(offset, offset + length),
  );
  expect(await fetchRange(150, 10)).toEqual(content.slice(150, 160));
  expect(await fetchRange(50, 0)).toEqual(new Uint8Array(0));
  content = content.map((byte) => byte ^ 1);
  await expect(fetchRange(50, 10)).rejects.toThrow(
    'x: changed while it was read: the bytes from 150 on are no longer the same; start again',
  );
  await expect(fetchRange(100, 10)).rejects.toThrow('the bytes from 0 on are no longer the same');
});

test('the last 64 ranges are remembered', async () => {
  for (const others of [63, 64]) {
    let calls = 0;
    const fetchRange = comparing('x', new Uint8Array(300), async (_, length) => {
      calls += 1;
      return new Uint8Array(length);
    });
    for (let i = 1; i <= others; i++) await fetchRange(i * 100_000, 1);
    calls = 0;
    // Behind the start of the file, which was seen first.
    await fetchRange(300, 1);
    expect(calls).toBe(others === 63 ? 1 : 2);
  }
});

test('ranges that follow each other are fetched with what was seen before', async () => {
  const calls: [number, number][] = [];
  const fetchRange = comparing('x', new Uint8Array(300), async (offset, length) => {
    calls.push([offset, length]);
    return new Uint8Array(length);
  });
  await fetchRange(300, 10);
  expect(calls).toEqual([[44, 266]]);
});

test('bytes that were seen up to 32 kB before a range are fetched with it, in any order', async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);
  const calls: [number, number][] = [];
  const fetchRange = comparing('x', bytes.slice(0, 300), async (offset, length) => {
    calls.push([offset, length]);
    return bytes.slice(offset, offset + length);
  });
  const range = async (offset: number, length: number) => {
    calls.length = 0;
    expect(await fetchRange(offset, length)).toEqual(bytes.slice(offset, offset + length));
    return [...calls];
  };
  expect(await range(5000, 10)).toEqual([[44, 4966]]);
  // Back again: what was seen behind the range does not help.
  expect(await range(1000, 10)).toEqual([[44, 966]]);
  expect(await range(5010 + 2 ** 15, 1)).toEqual([[5000, 2 ** 15 + 11]]);
  expect(await range(5011 + 2 ** 15 + 2 ** 15 + 1, 1)).toEqual([
    [5012 + 2 ** 16, 1],
    [5010 + 2 ** 15, 1],
  ]);
});

test('reading forward fetches windows that double up to 2 MB', async () => {
  const lengths: number[] = [];
  const read = readAhead(2 ** 24, async (_, length) => {
    lengths.push(length);
    return new Uint8Array(length);
  });
  for (let at = 0; at < 2 ** 24; at += 2 ** 15) await read(at, 2 ** 15);
  expect(lengths.slice(0, 8)).toEqual([16, 17, 18, 19, 20, 21, 21, 21].map((bits) => 2 ** bits));
});

test('windows at eight places are kept, those used last', async () => {
  const fetched: number[] = [];
  const read = readAhead(2 ** 30, async (offset, length) => {
    fetched.push(offset / 2 ** 20);
    return new Uint8Array(length);
  });
  const visit = async (...places: number[]) => {
    fetched.length = 0;
    for (const place of places) await read(place * 2 ** 20, 4);
    return fetched;
  };
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  expect(await visit(...eight)).toEqual(eight);
  expect(await visit(...eight, 0)).toEqual([]);
  // The window at 1 has rested longest.
  expect(await visit(8, 0, 2, 3, 4, 5, 6, 7, 1)).toEqual([8, 1]);
});

describe('a limiter', () => {
  /** Functions that run until they are told to end, and the numbers of those running. */
  function controlled(most: number) {
    const limited = limiter(most);
    const running = new Map<number, () => void>();
    let started = 0;
    let largest = 0;
    const start = () => {
      const id = started++;
      return limited(async () => {
        const ended = new Promise<void>((resolve) => running.set(id, resolve));
        largest = Math.max(largest, running.size);
        await ended;
        running.delete(id);
        if (id === 0) throw new Error('first');
        return id;
      });
    };
    const endOne = async () => {
      const [[, end]] = running;
      end();
      // Lets the functions that wait take their turn.
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { start, endOne, running, largest: () => largest };
  }

  test('runs at most two functions at once, in order, also after it was idle and after a failure', async () => {
    const { start, endOne, running, largest } = controlled(2);
    const results: Promise<unknown>[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) results.push(start());
      for (const promise of results) promise.catch(() => undefined);
      const first = 5 * round;
      expect([...running.keys()]).toEqual([first, first + 1]);
      await endOne();
      expect([...running.keys()]).toEqual([first + 1, first + 2]);
      for (let i = 0; i < 4; i++) await endOne();
      expect(running.size).toBe(0);
    }
    expect(largest()).toBe(2);
    const settled = await Promise.allSettled(results);
    expect(settled.map(({ status }) => status === 'rejected')).toEqual(
      settled.map((_, id) => id === 0),
    );
  });
});

describe('retried', () => {
  const failing = (times: number, error = () => new Transient('busy')) => {
    let calls = 0;
    const run = async () => {
      if (calls++ < times) throw error();
      return calls;
    };
    return { run, calls: () => calls };
  };

  const patience = { attempts: 3, pause: 0, until: Infinity, name: 'x' };

  test('runs up to the given number of attempts', async () => {
    expect(await retried(patience, failing(2).run)).toBe(3);
    const { run, calls } = failing(3);
    await expect(retried(patience, run)).rejects.toThrow('x: cannot be fetched: busy, 3 times');
    expect(calls()).toBe(3);
  });

  test('pauses twice as long before each further attempt', async () => {
    const pauses: unknown[] = [];
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
      end: () => void,
      pause: number,
    ) => {
      pauses.push(pause);
      end();
    }) as never);
    try {
      await retried({ ...patience, attempts: 5, pause: 3 }, failing(4).run);
    } finally {
      timer.mockRestore();
    }
    expect(pauses).toEqual([3, 6, 12, 24]);
  });

  test.each([
    ['2', 2000],
    ['0.5', 500],
    ['30', 20_000],
    ['0', 3],
    ['-1', 3],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 3],
    [null, 3],
  ])('pauses as long as the server asks, at most 20 s: %s', async (after, expected) => {
    const pauses: unknown[] = [];
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
      end: () => void,
      pause: number,
    ) => {
      pauses.push(pause);
      end();
    }) as never);
    try {
      const busy = failing(1, () => new Transient('busy', { after }));
      await retried({ ...patience, pause: 3 }, busy.run);
    } finally {
      timer.mockRestore();
    }
    expect(pauses).toEqual([expected]);
  });

  test('runs once if the deadline has passed or the failure is permanent', async () => {
    const late = failing(1);
    await expect(retried({ ...patience, until: 0 }, late.run)).rejects.toThrow('x: cannot be');
    const gone = failing(1, () => new Error('gone') as Transient);
    await expect(retried(patience, gone.run)).rejects.toThrow('gone');
    expect([late.calls(), gone.calls()]).toEqual([1, 1]);
  });
});
