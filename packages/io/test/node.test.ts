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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
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
    // The name of the temporary file of this process, which runs, and that of a process that cannot exist.
    const dead = own.replace(`-${process.pid}-`, `-${2 ** 30}-`);
    const other = dead.replace('a.svg', 'b.svg');
    for (const name of [own, dead, other]) writeFileSync(join(inside, name), 'half');
    await writeFileAtomic(path, 'new');
    expect(readdirSync(inside).toSorted()).toEqual([own, other, 'a.svg'].toSorted());
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
    await expect(writeFileAtomic(join(inside, 'no/folder'), 'x')).rejects.toThrow('ENOENT');
    expect(readdirSync(inside).toSorted()).toEqual(['other', 'taken']);
  });
});
