// A small sample of `npm run mutants`, which damages files of each format and compares with reference readers.
import { describe, expect, it } from 'vitest';
import { judge } from '../scripts/mutants/judge.mjs';
import { filesOf, mutant } from '../scripts/mutants/mutant.mjs';
import { PARSERS } from '../scripts/mutants/parsers.mjs';
import { readFiles } from '../scripts/mutants/reading.mjs';
import { runMutants } from '../scripts/mutants/run.mjs';
import { SEEDS } from '../scripts/mutants/seeds.mjs';

const COUNT = 12;
const SEED = 7;

describe.each(Object.keys(PARSERS))('%s', (parser) => {
  const seeds = SEEDS[parser]();
  const { read } = PARSERS[parser];

  it('reads every file that is damaged later', async () => {
    const readings = await Promise.all(seeds.map((files) => readFiles(read, files)));
    expect(readings.every(({ values }) => values !== undefined)).toBe(true);
  });

  it(`reads or refuses ${COUNT} damaged files`, async () => {
    for (let index = 0; index < COUNT; index++) {
      const made = mutant(parser, seeds, SEED, index);
      // oxlint-disable-next-line no-await-in-loop -- one file at a time
      const { crash } = await readFiles(read, filesOf(seeds, made));
      expect(crash, `mutant ${index}`).toBeUndefined();
    }
  });
});

describe('a mutant', () => {
  const seeds = SEEDS.safetensors();

  it('is the same file for the same seed and number, and another one for others', () => {
    const bytes = (seed: number, index: number): string =>
      Buffer.from(mutant('safetensors', seeds, seed, index).bytes).toString('base64');
    expect(bytes(1, 5)).toBe(bytes(1, 5));
    expect(new Set([bytes(1, 5), bytes(1, 6), bytes(2, 5)]).size).toBe(3);
  });

  it('differs from its seed in one file', () => {
    const sharded = SEEDS.shards();
    const made = mutant('shards', sharded, SEED, 0);
    const files = filesOf(sharded, made);
    const changed = files.filter(({ bytes }, i) => bytes !== sharded[made.origin][i].bytes);
    expect(changed.map(({ bytes }) => bytes)).toEqual([made.bytes]);
  });
});

describe('the judgement', () => {
  const files = [{ name: 'x', bytes: new Uint8Array(1500) }];
  const value = { name: 'w', shape: [2], digest: 'a' };
  const reading = { ms: 1, bytes: 1e6, values: [value] };

  it.each([
    ['read alike', reading, { values: [value] }],
    ['wrong', reading, { values: [{ ...value, digest: 'b' }] }],
    ['wrong', reading, { values: [{ ...value, shape: [1, 2] }] }],
    ['wrong', reading, { values: [{ ...value, name: 'v' }] }],
    ['read alike', reading, { choices: [[], [value]] }],
    ['wrong', reading, { choices: [[{ ...value, digest: 'b' }]] }],
    ['only polysem', reading, { refusal: 'no' }],
    ['only reference', { ms: 1, bytes: 0, refusal: 'no' }, { values: [value] }],
    ['refused by both', { ms: 1, bytes: 0, refusal: 'no' }, { refusal: 'no' }],
    ['crashed', { ms: 1, bytes: 0, crash: 'TypeError' }, { values: [value] }],
    ['slow', { ...reading, ms: 2001 }, { values: [value] }],
    ['read alike', { ...reading, bytes: 19e6 }, { values: [value] }],
    ['large', { ...reading, bytes: 21e6 }, { values: [value] }],
    ['read', reading, undefined],
  ])('%s', (outcome, result, answer) => {
    expect(judge(result, answer, files).outcome).toBe(outcome);
  });
});

it('runs in a process of its own and counts the outcomes', async () => {
  const options = { seed: SEED, count: 30, python: null, out: null };
  const { outcomes, without } = await runMutants('npy', options);
  expect(without).toBe('no Python was given');
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(30);
  expect(outcomes).toMatchObject({ crashed: 0, slow: 0, large: 0, wrong: 0 });
});
