import { gaussianSource } from '@polysem/core/streaming';
import { encodeSafetensors } from '@polysem/io';
import { describe, expect, it } from 'vitest';
import { flagsOf, remediesOf, withChoice } from '../src/model/choices.ts';
import { labelsLeft, numbersLeft } from '../src/model/left-features.ts';
import { compareAll, measureModel } from '../src/model/measure-model.ts';
import { matricesOf } from '../src/model/matrices.ts';
import type { ModelProgress } from '../src/model/messages.ts';
import { placedMarks } from '../src/model/marks.ts';
import { openMatrix } from '../src/model/open-matrix.ts';
import { openPlace } from '../src/model/open-place.ts';
import { hashOf } from '../src/model/hash-file.ts';

describe('choices of a measurement', () => {
  it('keep the order of the command, and one answer per question', () => {
    const both = withChoice(withChoice([], 'normalise', true), 'header=0', true);
    expect(flagsOf(both)).toEqual(['--header 0', '--normalise']);
    expect(withChoice(both, 'header=none', true)).toEqual(['header=none', 'normalise']);
    expect(withChoice(both, 'normalise', false)).toEqual(['header=0']);
  });

  it('remedy the errors that name them', () => {
    expect(remediesOf('W.npy: value 3 is NaN; every value must be finite')).toEqual(['skip-bad']);
    expect(remediesOf('a.csv: say which: --header 0 takes .., --header none ..')).toEqual([
      'header=0',
      'header=none',
    ]);
    expect(remediesOf('W.npy: is truncated')).toEqual([]);
  });
});

describe('features that are left out', () => {
  it('leave the others their numbers and names', () => {
    const numbers = numbersLeft(3, [1, 3]);
    expect(Array.from(numbers!)).toEqual([0, 2, 4]);
    const labels = { names: ['a', 'b', 'c', 'd', 'e'], file: null };
    expect(labelsLeft(labels, numbers).names).toEqual(['a', 'c', 'e']);
    expect(numbersLeft(3, [])).toBeNull();
  });
});

it('finds the same neighbours with the figures and by themselves', async () => {
  const source = gaussianSource({ dims: 8, features: 60, seed: 1 });
  const hooks = {
    threads: 1,
    choices: ['centre', 'normalise'],
    onProgress: () => {},
    onFigures: () => {},
  } as const;
  expect(await compareAll(source, hooks)).toEqual(await measureModel(source, hooks));
});

describe('a file of several megabytes', () => {
  // Few features: quick to measure.
  const source = gaussianSource({ dims: 8300, features: 128, seed: 1 });
  /** A file that records the size of every part of it that is read. */
  const recorded = async (): Promise<{ readonly file: File; readonly pieces: number[] }> => {
    const data = await source.read(0, source.features);
    const bytes = encodeSafetensors([{ name: 'W', shape: [128, 8300], data }]);
    const file = new File([bytes as Uint8Array<ArrayBuffer>], 'W.safetensors');
    const pieces: number[] = [];
    const slice = (from: number, to: number): Blob => {
      pieces.push(to - from);
      return file.slice(from, to);
    };
    return { file: { name: file.name, size: file.size, slice } as never, pieces };
  };

  it('is read in pieces, and measured to figures and neighbours with progress that only grows', async () => {
    const { file, pieces } = await recorded();
    const place = { kind: 'files', files: [file] } as const;
    const opened = await openPlace(place, []);
    const [matrix] = matricesOf(opened.file, opened.hints).matrices;
    // Opening reads the header only.
    expect(pieces.reduce((a, b) => a + b)).toBeLessThan(1000);
    const { source: vectors } = await openMatrix(place, opened, matrix, []);
    pieces.length = 0;
    const told: ModelProgress[] = [];
    let features = 0;
    const hooks = {
      threads: 1,
      choices: [],
      onProgress: (progress: ModelProgress) => void told.push(progress),
      onFigures: (figures: { readonly capacity: Float64Array }) => {
        features = figures.capacity.length;
      },
    } as const;
    await measureModel(vectors, hooks);
    expect(features).toBe(128);
    const shares = told.map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(2 * 2 ** 20);
    expect(Math.max(...pieces)).toBeLessThan(file.size / 2);
  });

  it('is hashed in pieces', async () => {
    const { file, pieces } = await recorded();
    expect(await hashOf({ kind: 'files', files: [file] })).toMatch(/^[0-9a-f]{64}$/);
    expect(pieces).toEqual([4 * 2 ** 20, file.size - 4 * 2 ** 20]);
  });
});

describe('marks of the budget', () => {
  const marks = [
    { at: 90, text: 'a text of 100 px' },
    { at: 100, text: 'another of them' },
  ];

  it('have texts that no line crosses, before or behind the lines', () => {
    const right = placedMarks(
      marks.map(({ at, text }) => ({ at: at + 800, text })),
      1000,
    );
    // The line of the first goes down past the text of the second.
    expect(right.map(({ at, isBefore }) => [at, isBefore])).toEqual([
      [900, true],
      [890, true],
    ]);
    expect(placedMarks(marks, 1000).map(({ at, isBefore }) => [at, isBefore])).toEqual([
      [90, false],
      [100, false],
    ]);
  });

  it('stay inside a narrow drawing', () => {
    expect(placedMarks(marks, 150).map(({ isBefore }) => isBefore)).toEqual([true, true]);
  });
});
