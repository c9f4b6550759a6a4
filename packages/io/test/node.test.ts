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
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readTensor } from '../src/index.ts';
import { openFile, writeFileAtomic } from '../src/node/index.ts';

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
    let own = '';
    function* content() {
      [own] = readdirSync(inside);
      yield Uint8Array.of(97);
    }
    await writeFileAtomic(path, content());
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
    const sync = vi
      .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
      .mockImplementation(async () => {
        seen.push(readdirSync(inside).map((name) => statSync(join(inside, name)).size));
      });
    await writeFileAtomic(path, 'abc');
    sync.mockRestore();
    await handle.close();
    // The temporary file, whose name begins with a dot, and the other one.
    expect(seen.map((sizes) => sizes.toSorted())).toEqual([[0, 3]]);
  });

  describe('a signal', () => {
    /** Calls what a signal would call while a file is written, without ending this process. */
    async function interrupted(before: (inside: string) => void, others = false) {
      const inside = mkdtempSync(join(folder, 'signal-'));
      const known = process.listeners('SIGTERM');
      process.removeAllListeners('SIGTERM');
      let listening = -1;
      const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
        listening = process.listenerCount('SIGTERM');
        return true;
      });
      if (others) process.on('SIGTERM', () => {});
      let during: string[] = [];
      function* content() {
        yield Uint8Array.of(97);
        before(inside);
        for (const listener of process.listeners('SIGTERM')) listener('SIGTERM');
        during = readdirSync(inside);
      }
      const outcome = await writeFileAtomic(join(inside, 'a'), content()).then(
        () => 'written',
        (error: unknown) => String(error),
      );
      const calls = kill.mock.calls.map(([pid, signal]) => [pid === process.pid, signal]);
      kill.mockRestore();
      const left = process.listenerCount('SIGTERM');
      process.removeAllListeners('SIGTERM');
      for (const listener of known) process.on('SIGTERM', listener);
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
