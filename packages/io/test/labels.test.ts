import { FormatError, parseLabels } from '@polysem/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('labels', () => {
  it('are the lines of a vocab.txt', () => {
    expect(parseLabels('[PAD]\nthe\n##ing\n', 'vocab.txt')).toEqual(['[PAD]', 'the', '##ing']);
    expect(parseLabels('a\r\nb', 'vocab.txt')).toEqual(['a', 'b']);
  });

  it('are read from vocab.json by number, holes left empty', () => {
    expect(parseLabels('{"b": 2, "a": 0}', 'vocab.json')).toEqual(['a', '', 'b']);
  });

  it('are read from tokenizer.json of any model, added tokens too', () => {
    const bpe = {
      model: { type: 'BPE', vocab: { a: 0, b: 1 } },
      added_tokens: [{ id: 2, content: '<s>' }],
    };
    expect(parseLabels(JSON.stringify(bpe), 'tokenizer.json')).toEqual(['a', 'b', '<s>']);
    const unigram = {
      model: {
        type: 'Unigram',
        vocab: [
          ['<unk>', 0],
          ['▁the', -3.2],
        ],
      },
    };
    expect(parseLabels(JSON.stringify(unigram), 'tokenizer.json')).toEqual(['<unk>', '␣the']);
  });

  it('show the bytes of byte-level tokens', () => {
    const vocabulary = { Ġthe: 0, Ċ: 1, 'Ã©': 2, Ã: 3, '<|endoftext|>': 4, âĢĵ: 5 };
    expect(parseLabels(JSON.stringify(vocabulary), 'vocab.json')).toEqual([
      '␣the',
      '<0x0A>',
      'é',
      '<0xC3>',
      '<|endoftext|>',
      '–',
    ]);
  });

  it('are a column of a table', () => {
    const csv = 'feature,label\n0,"a, ""b"""\n1,c\n';
    expect(parseLabels(csv, 'x.csv')).toEqual(['a, "b"', 'c']);
    expect(parseLabels(csv, 'x.csv', 'feature')).toEqual(['0', '1']);
    expect(parseLabels('one\ntwo\n', 'x.csv')).toEqual(['one', 'two']);
    expect(parseLabels('a\tname\r\n1\tx\r\n', 'x.tsv')).toEqual(['x']);
    // As tables that were written by --per-feature begin.
    expect(parseLabels(`# polysem: 1\n# configuration: {"a":"b"}\n${csv}`, 'x.csv')).toEqual([
      'a, "b"',
      'c',
    ]);
    expect(parseLabels('# the only label\n', 'x.csv')).toEqual(['# the only label']);
  });

  it('round any texts through a table', () => {
    const cell = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const csv = ['id,label', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
        expect(parseLabels(csv, 'x.csv')).toEqual(rows.map(([, label]) => label));
      }),
    );
  });

  it.each([
    ['{"a": ', 'vocab.json', 'not JSON'],
    ['{}', 'vocab.json', 'no vocabulary'],
    ['{"a": 16000000}', 'vocab.json', 'up to 16000000'],
    ['', 'vocab.txt', 'no labels'],
    ['a,b\n1,2\n', 'x.csv', 'has no column of labels'],
    ['"a\n', 'x.csv', 'not closed'],
    ['id,label\n1,a\n2,b,c\n', 'x.csv', 'row 3: has 3 cells, row 1 has 2'],
    ['id,label\n1\n', 'x.csv', 'row 2: has 1 cells, row 1 has 2'],
  ])('refuse %j as %s', (text, name, problem) => {
    expect(() => parseLabels(text, name)).toThrow(FormatError);
    expect(() => parseLabels(text, name)).toThrow(problem);
  });

  it('refuse a column that is not there', () => {
    expect(() => parseLabels('a,b\n1,2\n', 'x.csv', 'c')).toThrow(
      'has no column "c"; it has "a", "b"',
    );
  });
});
