import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore, type RunStore } from '../src/store/run-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `kept-${files++}`);

const typedArray = fc.oneof(
  fc.float64Array({ maxLength: 5 }),
  fc.float32Array({ maxLength: 5 }),
  fc.int32Array({ maxLength: 5 }),
  fc.uint32Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
  fc.bigInt64Array({ maxLength: 5 }),
);

/** Values of all kinds that a store keeps, with keys that could be confused with its own. */
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double(),
    fc.constantFrom(NaN, -0, Infinity, -Infinity, null, undefined, true, 'text'),
    fc.string(),
    typedArray,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('$', 'number', 'length', '__proto__')),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

/** Bytes of all numbers, so that -0 and the bits of NaN count. */
function bytes(value: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = value as Float64Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

describe('a store', () => {
  it('restores finished parts and states exactly', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (finished, state) => {
        const path = newPath();
        const store = openStore(path, 'run');
        store.finish('a', finished);
        store.keepState('b', state);
        const again = openStore(path, 'run');
        expect(again.finished('a')).toStrictEqual(finished);
        expect(again.state('b')).toStrictEqual(state);
        expect([again.finished('b'), again.state('a')]).toEqual([undefined, undefined]);
        again.remove();
        expect(existsSync(path)).toBe(false);
      }),
    );
  });

  it('keeps the bits of NaN and -0 in arrays, and arrays that are part of a buffer', () => {
    const whole = Float64Array.of(1, -0, NaN, 5e-324, 2);
    bytes(whole)[17] = 7;
    const path = newPath();
    openStore(path, 'run').finish('a', { part: whole.subarray(1, 4) });
    const { part } = openStore(path, 'run').finished('a') as { part: Float64Array };
    expect(bytes(part)).toEqual(bytes(whole.subarray(1, 4)));
  });

  it('rejects values that it could not restore', () => {
    const store = openStore(newPath(), 'run');
    for (const value of [() => 1, new Map(), new Date(0), 1n, Symbol('a')])
      expect(() => store.finish('a', [value])).toThrow('store: cannot keep');
  });

  it('replaces the files of a run with another identity', () => {
    const path = newPath();
    const first = openStore(path, 'first');
    first.finish('a', 1);
    first.keepState('b', 2);
    const second = openStore(path, 'second');
    expect([second.finished('a'), second.state('b')]).toEqual([undefined, undefined]);
    second.finish('a', 3);
    expect(openStore(path, 'first').finished('a')).toBe(undefined);
    expect(openStore(path, 'second').finished('a')).toBe(3);
  });

  it('uses the last value of a part, and removes its state when it finishes', () => {
    const path = newPath();
    const store = openStore(path, 'run');
    store.keepState('a', 'half');
    store.keepState('a', 'three quarters');
    expect(openStore(path, 'run').state('a')).toBe('three quarters');
    store.finish('a', 1);
    store.finish('a', 2);
    const again = openStore(path, 'run');
    expect([again.finished('a'), again.state('a')]).toEqual([2, undefined]);
    expect(readdirSync(folder).filter((name) => join(folder, name).startsWith(`${path}-`))).toEqual(
      [],
    );
  });

  it('loses only the last part if the write was cut off anywhere', () => {
    const path = newPath();
    openStore(path, 'run').finish('a', { of: Float64Array.of(1, 2) });
    const first = readFileSync(path).length;
    openStore(path, 'run').finish('b', { of: Float64Array.of(3, 4) });
    const whole = readFileSync(path);
    for (let size = first; size < whole.length; size++) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      const store = openStore(path, 'run');
      expect(store.finished('a')).toEqual({ of: Float64Array.of(1, 2) });
      expect(store.finished('b')).toBe(undefined);
      store.finish('c', size);
      const again = openStore(path, 'run');
      expect([again.finished('a') === undefined, again.finished('c')]).toEqual([false, size]);
    }
  });

  it('detects damage to any byte, and never returns a wrong value', () => {
    const path = newPath();
    const values = { a: { of: Float64Array.of(1, NaN) }, b: [1, -0, 'text'], c: new Int8Array(3) };
    const store = openStore(path, 'run');
    for (const [part, value] of Object.entries(values)) store.finish(part, value);
    store.keepState('d', values);
    const [kept, state] = [readFileSync(path), readFileSync(`${path}-d`)];
    const places = { kept: kept.length, state: state.length };
    const damage = fc
      .constantFrom(...(['kept', 'state'] as const))
      .chain((file) =>
        fc.tuple(fc.constant(file), fc.nat(places[file] - 1), fc.integer({ min: 1, max: 255 })),
      );
    const check = (file: 'kept' | 'state', at: number, change: number): void => {
      const damaged = Buffer.from(file === 'kept' ? kept : state);
      damaged[at] ^= change;
      writeFileSync(file === 'kept' ? path : `${path}-d`, damaged);
      const found = openStore(path, 'run');
      if (file === 'state') {
        expect(found.state('d')).toBe(undefined);
        writeFileSync(`${path}-d`, state);
        return;
      }
      const parts = Object.entries(values).map(([part, value]) => {
        const read = found.finished(part);
        if (read !== undefined) expect(read).toStrictEqual(value);
        return read;
      });
      expect(parts).toContain(undefined);
      writeFileSync(path, kept);
    };
    for (let at = 0; at < kept.length; at++) check('kept', at, 1);
    for (let at = 0; at < state.length; at++) check('state', at, 32);
    fc.assert(fc.property(damage, ([file, at, change]) => check(file, at, change)));
  });

  it('treats a file of another kind as empty, and replaces it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rubbish) => {
        const path = newPath();
        writeFileSync(path, rubbish);
        writeFileSync(`${path}-a`, rubbish);
        const store = openStore(path, 'run');
        expect([store.finished('a'), store.state('a')]).toEqual([undefined, undefined]);
        store.finish('a', 1);
        expect(openStore(path, 'run').finished('a')).toBe(1);
      }),
    );
  });

  it('sets a damaged file aside and names it', () => {
    const path = newPath();
    const store = openStore(path, 'run');
    store.finish('a', { of: Float64Array.of(1, 2) });
    store.keepState('b', { of: Float64Array.of(3) });
    const bytesOf = { kept: readFileSync(path), state: readFileSync(`${path}-b`) };
    for (const [at, file] of [
      [3, 'kept'],
      [bytesOf.kept.length - 1, 'kept'],
      [bytesOf.kept.length - 20, 'kept'],
      [bytesOf.state.length - 1, 'state'],
    ] as const) {
      const damaged = Buffer.from(bytesOf[file]);
      damaged[at] ^= 1;
      const own = file === 'kept' ? path : `${path}-b`;
      writeFileSync(own, damaged);
      const lines: string[] = [];
      const again = openStore(path, 'run', (line) => lines.push(line));
      expect([again.finished('a'), again.state('b')]).toContain(undefined);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`${own}: is damaged; it was copied to ${own}.damaged`);
      expect(readFileSync(`${own}.damaged`)).toEqual(damaged);
      writeFileSync(own, bytesOf[file]);
    }
    openStore(path, 'run', (line) => expect.fail(line)).finished('a');
    // Journals of other runs, and writes that were cut off, are not damage.
    openStore(path, 'another run', (line) => expect.fail(line)).finished('a');
    truncateSync(path, bytesOf.kept.length - 1);
    openStore(path, 'run', (line) => expect.fail(line)).finished('a');
  });

  it('treats a value of another form as damaged', () => {
    const path = newPath();
    openStore(path, 'run').finish('a', {});
    const lines: string[] = [];
    const again = openStore(path, 'run', (line) => lines.push(line));
    expect(again.finished('a', (value) => Array.isArray(value))).toBe(undefined);
    expect(lines).toHaveLength(1);
  });

  it('goes on without keeping results if a file cannot be written', () => {
    const path = newPath();
    mkdirSync(path);
    mkdirSync(`${path}-b.tmp`);
    for (const write of [
      (store: RunStore) => store.finish('a', 1),
      (store: RunStore) => store.keepState('b', 1),
    ]) {
      const lines: string[] = [];
      const store = openStore(path, 'run', (line) => lines.push(line));
      write(store);
      write(store);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/EISDIR.*the work goes on/);
    }
  });

  it('removes all its files, and no others', () => {
    const path = newPath();
    const store = openStore(path, 'run');
    store.finish('a', 1);
    store.keepState('b', 1);
    for (const name of [`${path}-c.tmp`, `${path}.tmp`, `${path}0`, `${path}-c.damaged`])
      writeFileSync(name, '');
    store.remove();
    const left = readdirSync(folder).filter((name) => join(folder, name).startsWith(path));
    expect(left.map((name) => join(folder, name))).toEqual([`${path}-c.damaged`, `${path}0`]);
  });

  it('ignores what another program appended', () => {
    const path = newPath();
    openStore(path, 'run').finish('a', 1);
    appendFileSync(path, 'rubbish');
    const store = openStore(path, 'run');
    store.finish('b', 2);
    const again = openStore(path, 'run');
    expect([again.finished('a'), again.finished('b')]).toEqual([1, 2]);
  });
});
