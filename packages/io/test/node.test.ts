import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readFile as readFileCallback,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readTensor } from '../src/index.ts';
import { openFile, writeFileAtomic } from '../src/node/index.ts';
import { sameBytes } from './helpers.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-io-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('openFile', () => {
  test('reads a tensor from a file', async () => {
    const source = await openFile(fileURLToPath(new URL('fixtures/f4.npy', import.meta.url)));
    try {
      expect((await readTensor(source, 'f4')).shape).toEqual([2, 3]);
      await expect(source.read(150, 3)).rejects.toThrow(
        /f4\.npy: 3 bytes at offset 150 exceed its 152 bytes/,
      );
    } finally {
      await source.close();
    }
  });

  test('names a missing file, a folder and a device', async () => {
    await expect(openFile(join(folder, 'none'))).rejects.toMatchObject({
      name: 'FormatError',
      message: `${folder}/none: no such file`,
    });
    await expect(openFile(folder)).rejects.toThrow(`${folder}: is a folder, not a file`);
    await expect(openFile(fileURLToPath(import.meta.url) + '/x')).rejects.toThrow(
      'node.test.ts/x: no such file',
    );
    await expect(openFile('/dev/null')).rejects.toThrow('/dev/null: is not a regular file');
  });

  test('rejects a pipe without waiting for it', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(openFile(pipe)).rejects.toThrow('is not a regular file');
  });

  test('reads on where the system returns less than requested', async () => {
    const path = join(folder, 'long');
    const bytes = Uint8Array.from({ length: 2 ** 18 }, (_, i) => i >> 10);
    writeFileSync(path, bytes);
    const source = await openFile(path);
    const handle = await open(path);
    const ways = Object.getPrototypeOf(handle) as typeof handle;
    const asked: [number, number][] = [];
    const { read } = ways;
    vi.spyOn(ways, 'read').mockImplementation(async function (
      this: FileHandle,
      ...[into, from, length, place]: [Uint8Array, number, number, number]
    ) {
      asked.push([length, place]);
      if (asked.length > 9) throw new Error('reads on and on');
      return Reflect.apply(read, this, [into, from, Math.min(length, 70_000), place]) as object;
    } as typeof read);
    try {
      expect(sameBytes(await source.read(10, 200_000), bytes.slice(10, 200_010))).toBe(true);
    } finally {
      vi.restoreAllMocks();
      await Promise.all([source.close(), handle.close()]);
    }
    // The rest is short, and is read at once.
    expect(asked).toEqual([
      [200_000, 10],
      [130_000, 70_010],
    ]);
  });

  test('names a file that shrinks while it is open', async () => {
    const path = join(folder, 'shrinks');
    writeFileSync(path, new Uint8Array(100));
    const source = await openFile(path);
    try {
      truncateSync(path, 40);
      await expect(source.read(30, 20)).rejects.toThrow(
        `${path}: ends at byte 40, although it had 100 bytes when it was opened; if it was overwritten, start again`,
      );
    } finally {
      await source.close();
    }
  });
});

/** Writes a file, alone in its folder, and returns the name that it has meanwhile. */
async function temporaryName(path: string): Promise<string> {
  let own = '';
  function* content() {
    [own] = readdirSync(dirname(path));
    yield Uint8Array.of(97);
  }
  await writeFileAtomic(path, content());
  return own;
}

describe('writeFileAtomic', () => {
  test('writes and replaces, and leaves no other files', async () => {
    const inside = mkdtempSync(join(folder, 'write-'));
    const path = join(inside, 'a.svg');
    await writeFileAtomic(path, 'old');
    await writeFileAtomic(path, new TextEncoder().encode('new ü'));
    expect(readFileSync(path, 'utf8')).toBe('new ü');
    await writeFileAtomic(path, [Uint8Array.of(97), new Uint8Array(0), Uint8Array.of(98, 99)]);
    expect(readFileSync(path, 'utf8')).toBe('abc');
    expect(readdirSync(inside)).toEqual(['a.svg']);
  });

  test('removes what ended processes have left, and nothing of running ones', async () => {
    const inside = mkdtempSync(join(folder, 'abandoned-'));
    const path = join(inside, 'a.svg');
    const own = await temporaryName(path);
    // Its host, process and a number of its own.
    expect(own).toMatch(/^\.a\.svg\.[0-9a-f]{8}-\d+-[0-9a-f-]{36}\.tmp$/);
    // The name of the temporary file of this process, which runs, and that of a process that cannot exist.
    const dead = own.replace(`-${process.pid}-`, `-${2 ** 30}-`);
    const other = dead.replace('a.svg', 'b.svg');
    for (const name of [own, dead, other]) writeFileSync(join(inside, name), 'half');
    await writeFileAtomic(path, 'new');
    expect(readdirSync(inside).toSorted()).toEqual([own, other, 'a.svg'].toSorted());
    expect(readFileSync(path, 'utf8')).toBe('new');
    // A process of another user runs, though no signal may be sent to it.
    writeFileSync(join(inside, dead), 'half');
    const denied = Object.assign(new Error('EPERM'), { code: 'EPERM' });
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw denied;
    });
    await writeFileAtomic(path, 'newer');
    kill.mockRestore();
    expect(readdirSync(inside).toSorted()).toEqual([own, dead, other, 'a.svg'].toSorted());
  });

  test('does not mind that another process removes the same files', async () => {
    const inside = mkdtempSync(join(folder, 'both-'));
    const path = join(inside, 'a.svg');
    const own = await temporaryName(path);
    const dead = join(inside, own.replace(`-${process.pid}-`, `-${2 ** 30}-`));
    writeFileSync(dead, 'half');
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      rmSync(dead);
      throw Object.assign(new Error('ESRCH'), { code: 'ESRCH' });
    });
    await writeFileAtomic(path, 'new');
    kill.mockRestore();
    expect(readdirSync(inside)).toEqual(['a.svg']);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test('follows a symbolic link, and writes into a pipe', async () => {
    const inside = mkdtempSync(join(folder, 'link-'));
    writeFileSync(join(inside, 'target'), 'old');
    symlinkSync('target', join(inside, 'link'));
    await writeFileAtomic(join(inside, 'link'), 'new');
    expect(readFileSync(join(inside, 'target'), 'utf8')).toBe('new');
    expect(readlinkSync(join(inside, 'link'))).toBe('target');
    execFileSync('mkfifo', [join(inside, 'pipe')]);
    const read = promisify(readFileCallback)(join(inside, 'pipe'), 'utf8');
    await writeFileAtomic(join(inside, 'pipe'), 'through');
    expect(await read).toBe('through');
    expect(statSync(join(inside, 'pipe')).isFIFO()).toBe(true);
  });

  test('leaves neither the file nor temporary files after a failure', async () => {
    const inside = mkdtempSync(join(folder, 'fail-'));
    const path = join(inside, 'taken');
    await writeFileAtomic(join(inside, 'other'), 'x');
    execFileSync('mkdir', ['-p', join(path, 'full')]);
    await expect(writeFileAtomic(path, 'x')).rejects.toThrow();
    await expect(writeFileAtomic(join(inside, 'no/folder'), 'x')).rejects.toThrow(
      /^ENOENT.* open /,
    );
    expect(readdirSync(inside).toSorted()).toEqual(['other', 'taken']);
    function* failing() {
      yield Uint8Array.of(1);
      throw new Error('no more');
    }
    await expect(writeFileAtomic(join(inside, 'third'), failing())).rejects.toThrow('no more');
    expect(readdirSync(inside).toSorted()).toEqual(['other', 'taken']);
  });

  test('brings the bytes to the disk before the name', async () => {
    const inside = mkdtempSync(join(folder, 'sync-'));
    const path = join(inside, 'a');
    const handle = await open(join(inside, 'other'), 'w');
    const seen: number[][] = [];
    const handles: FileHandle[] = [];
    const sync = vi
      .spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync')
      .mockImplementation(async function (this: FileHandle) {
        handles.push(this);
        seen.push(readdirSync(inside).map((name) => statSync(join(inside, name)).size));
      });
    await writeFileAtomic(path, 'abc');
    sync.mockRestore();
    await handle.close();
    // The temporary file, whose name begins with a dot, and the other one.
    expect(seen.map((sizes) => sizes.toSorted())).toEqual([[0, 3]]);
    expect(handles.map(({ fd }) => fd)).toEqual([-1]);
  });

  describe('a signal', () => {
    /** Calls what a signal would call while a file is written, without ending this process. */
    async function interrupted(
      before: (inside: string) => void,
      others = false,
      signal: NodeJS.Signals = 'SIGTERM',
    ) {
      const inside = mkdtempSync(join(folder, 'signal-'));
      const known = process.listeners(signal);
      process.removeAllListeners(signal);
      let listening = -1;
      const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
        listening = process.listenerCount(signal);
        return true;
      });
      if (others) process.on(signal, () => {});
      let during: string[] = [];
      function* content() {
        yield Uint8Array.of(97);
        before(inside);
        for (const listener of process.listeners(signal)) listener(signal);
        during = readdirSync(inside);
      }
      const outcome = await writeFileAtomic(join(inside, 'a'), content()).then(
        () => 'written',
        (error: unknown) => String(error),
      );
      const calls = kill.mock.calls.map(([pid, sent]) => [pid === process.pid, sent]);
      kill.mockRestore();
      const left = process.listenerCount(signal);
      process.removeAllListeners(signal);
      for (const listener of known) process.on(signal, listener);
      return { outcome, during, calls, listening, left, after: readdirSync(inside) };
    }

    test('removes the unfinished file and ends the process as it would', async () => {
      // Without a listener, so that the signal that is sent again ends the process.
      const ended = { left: 0, calls: [[true, 'SIGTERM']], listening: 0 };
      const removed = await interrupted(() => {});
      expect(removed).toMatchObject({ ...ended, during: [], after: [] });
      expect(removed.outcome).toContain('ENOENT');
      const gone = await interrupted((inside) => {
        for (const name of readdirSync(inside)) rmSync(join(inside, name));
      });
      expect(gone).toMatchObject({ ...ended, during: [], after: [] });
      expect(gone.outcome).toContain('ENOENT');
    });

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s removes it', async (signal) => {
      const { calls, during, after } = await interrupted(() => {}, false, signal);
      expect({ calls, during, after }).toEqual({ calls: [[true, signal]], during: [], after: [] });
    });

    test('leaves it to other listeners to end the process', async () => {
      const { outcome, during, calls, left, after } = await interrupted(() => {}, true);
      expect({ outcome, calls, left, after }).toEqual({
        outcome: 'written',
        calls: [],
        left: 1,
        after: ['a'],
      });
      expect(during.length).toBe(1);
    });
  });
});
