import { readFileSync } from 'node:fs';
import { bytesSource, FormatError, readTable } from '@polysem/io';
import { labelsOfTable, parseLabels } from '@polysem/io/labels';
import { encodeParquet } from '@polysem/io/tables';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

describe('labels', () => {
  it('are the lines of a vocab.txt', () => {
    expect(parseLabels('[PAD]\nthe\n##ing\n', 'vocab.txt')).toEqual(['[PAD]', 'the', '##ing']);
    expect(parseLabels('a\r\nb', 'vocab.txt')).toEqual(['a', 'b']);
  });

  it('are not those of a web page, unless the text is longer than such a page', () => {
    const page = (length: number) => `<!doctype html>\n${'x'.repeat(length - 16)}`;
    expect(() => parseLabels(page(2 ** 16 - 1), 'vocab.txt')).toThrow('vocab.txt: is a web page');
    expect(parseLabels(page(2 ** 16), 'vocab.txt')).toHaveLength(2);
  });

  it('are read from vocab.json by number, holes left empty', () => {
    expect(parseLabels('{"b": 2, "a": 0}', 'vocab.json')).toEqual(['a', '', 'b']);
  });

  it('do no work for holes, of which a few bytes can make 65,536', () => {
    const counted = vi.fn();
    const Plain = TextDecoder;
    vi.stubGlobal(
      'TextDecoder',
      class extends Plain {
        constructor(...given: ConstructorParameters<typeof Plain>) {
          super(...given);
          counted();
        }
      },
    );
    try {
      expect(parseLabels('{"\u0120a": 0, "b": 65536}', 'vocab.json')).toHaveLength(65_537);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(counted.mock.calls.length).toBeLessThan(10);
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

  it('are not byte by byte where a token begins with the space of SentencePiece', () => {
    const vocabulary = { Ġa: 0, '▁b': 1, c: 2 };
    expect(parseLabels(JSON.stringify(vocabulary), 'vocab.json')).toEqual(['Ġa', '␣b', 'c']);
  });

  it('keep added tokens as they are written, though their letters also stand for bytes', () => {
    const tokenizer = {
      model: { type: 'BPE', vocab: { Ġa: 0, 'Ã©': 1 } },
      added_tokens: [
        { id: 2, content: 'café' },
        { id: 3, content: ' Ã©' },
      ],
    };
    const found = parseLabels(JSON.stringify(tokenizer), 'tokenizer.json');
    expect(found).toEqual(['␣a', 'é', 'café', '␣Ã©']);
  });

  it('are byte by byte only where the tokenizer says so, if it says anything', () => {
    const vocab = { Ġurnata: 0 };
    const of = (more: object) =>
      parseLabels(JSON.stringify({ model: { vocab }, ...more }), 'tokenizer.json');
    expect(of({})).toEqual(['␣urnata']);
    expect(of({ decoder: null, pre_tokenizer: { type: 'Whitespace' } })).toEqual(['Ġurnata']);
    const sequence = { type: 'Sequence', pretokenizers: [null, { type: 'ByteLevel' }] };
    expect(of({ pre_tokenizer: sequence })).toEqual(['␣urnata']);
    expect(of({ decoder: { type: 'Sequence', decoders: 3 } })).toEqual(['Ġurnata']);
  });

  it.each(['gpt2', 'llama', 'unigram', 'wordpiece'])(
    'are what the tokenizers library decodes: %s',
    (kind) => {
      const url = new URL('fixtures/tokenizers.json', import.meta.url);
      const all = JSON.parse(readFileSync(url, 'utf8')) as Record<
        string,
        { tokenizer: { added_tokens: { id: number; content: string }[] }; decoded: string[] }
      >;
      const { tokenizer, decoded } = all[kind];
      const found = parseLabels(JSON.stringify(tokenizer), 'tokenizer.json');
      expect(found).toHaveLength(decoded.length);
      const texts = found.map((label) =>
        label
          .replaceAll('␣', ' ')
          .replaceAll(/<0x([0-9A-F]{2})>/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      );
      const added = new Map(tokenizer.added_tokens.map(({ id, content }) => [id, content]));
      const odd = decoded.flatMap((text, id) => {
        // Bytes that are no text alone, and the space that the library leaves out at the start.
        if (text.includes('\ufffd') && !added.has(id)) return [];
        const wanted = added.get(id) ?? text;
        return [wanted, ` ${wanted}`].includes(texts[id]) ? [] : [[id, wanted, found[id]]];
      });
      expect(odd).toEqual([]);
      expect(decoded.filter((text) => !text.includes('\ufffd')).length).toBeGreaterThan(20);
    },
  );

  it('are a column of a Parquet file', async () => {
    const bytes = encodeParquet([
      { name: 'n', values: Float64Array.of(1.5, NaN) },
      { name: 'Label', values: ['a', 'b\n'] },
    ]);
    const table = await readTable(bytesSource('x.parquet', bytes));
    expect(labelsOfTable(table)).toEqual(['a', 'b\n']);
    expect(labelsOfTable(table, 'n')).toEqual(['1.5', '']);
    expect(() => labelsOfTable(table, 'm')).toThrow('x.parquet: has no column "m"; it has "n"');
  });

  it.each(['label', 'labels', 'name', 'token', 'feature', 'word'])(
    'are the column with the usual name %s among others',
    (usual) => {
      expect(parseLabels(`n,${usual},more\n1,cat,x\n2,dog,y\n`, 'x.csv')).toEqual(['cat', 'dog']);
    },
  );

  it('are the column with the most specific name where several are usual', () => {
    expect(parseLabels('word,label\na,b\n', 'x.csv')).toEqual(['b']);
  });

  it('begin in the first line of a table without names', () => {
    expect(parseLabels('token\nword\n', 't.csv', undefined, false)).toEqual(['token', 'word']);
    expect(parseLabels('0,the\n1,of\n', 't.csv', '1', false)).toEqual(['the', 'of']);
    expect(parseLabels('tokens\nthe\n', 't.csv', undefined, true)).toEqual(['the']);
    expect(() => parseLabels('0,the\n', 't.csv', undefined, false)).toThrow(
      't.csv: has 2 columns without names; give the number of the column of labels, 0 to 1',
    );
    expect(() => parseLabels('the\n1,of\n', 't.csv', undefined, false)).toThrow(
      't.csv: row 2: has 2 cells, row 1 has 1',
    );
    expect(() => parseLabels('0,the\n', 't.csv', 'the', false)).toThrow(
      't.csv: has 2 columns without names, none of which is "the"; give the number',
    );
    expect(() => parseLabels('0,the\n', 't.csv', '2', false)).toThrow('none of which is "2"');
    expect(() => parseLabels('0,the\n', 't.csv', '', false)).toThrow('none of which is ""');
    expect(parseLabels('the\nof\n', 't.csv', '', false)).toEqual(['the', 'of']);
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
    ['{}', 'vocab.json', 'no known kind of vocabulary'],
    ['{"a": 16000000}', 'vocab.json', 'up to 16000000'],
    ['{"a": 0, "b": 16777215}', 'vocab.json', 'numbers 2 tokens up to 16777215; the file is'],
    ['{"a": 0, "b": 16777216}', 'vocab.json', 'numbers a token 16777216; the file is damaged'],
    ['', 'vocab.txt', 'no labels'],
    ['\n\u0003\0\ufffd', 'tokenizer.model', 'is not text; give tokenizer.json, vocab.json'],
    ['a,b\n1,2\n', 'x.csv', 'has no column of labels'],
    ['"a\n', 'x.csv', 'not closed'],
    ['id,label\n1,a\n2,b,c\n', 'x.csv', 'row 3: has 3 cells, row 1 has 2'],
    ['id,label\n1\n', 'x.csv', 'row 2: has 1 cells, row 1 has 2'],
  ])('refuse %j as %s', (text, name, problem) => {
    expect(() => parseLabels(text, name)).toThrow(FormatError);
    expect(() => parseLabels(text, name)).toThrow(problem);
  });

  it('refuse a column of what is no table', () => {
    for (const name of ['vocab.json', 'vocab.txt'])
      expect(() => parseLabels('{"a": 0}', name, 'label')).toThrow(
        `${name}: has no column "label": it is not a .csv or .tsv file`,
      );
  });

  it('are split at commas where semicolons would leave a quote open', () => {
    expect(parseLabels('a;"b\nc;d\n', 'x.csv')).toEqual(['a;"b', 'c;d']);
  });

  it('refuse a column that is not there', () => {
    expect(() => parseLabels('a,b\n1,2\n', 'x.csv', 'c')).toThrow(
      'has no column "c"; it has "a", "b"',
    );
  });
});

describe('a table of labels with semicolons or tabs', () => {
  it.each([
    ['semicolons', 'label;n\ncat;1,5\n"do;g";2,5\n'],
    ['semicolons and row names, as R writes', 'label;n\n1;cat;1,5\n2;"do;g";2,5\n'],
    ['tabs', 'label\tn\ncat\t1,5\ndo;g\t2,5\n'],
  ])('is split at them: %s', (_, text) => {
    expect(parseLabels(text, 'x.csv')).toEqual(['cat', 'do;g']);
  });

  it('names its columns if none has a usual name', () => {
    expect(() => parseLabels('wort;n\nkatze;1\n', 'x.csv')).toThrow(
      'x.csv: has no column of labels; it has "wort", "n"',
    );
    expect(parseLabels('wort;n\nkatze;1\n', 'x.csv', 'wort')).toEqual(['katze']);
  });

  it('is one column where not every row has the mark', () => {
    expect(parseLabels('label\na;b\nc\n', 'x.csv')).toEqual(['a;b', 'c']);
    expect(parseLabels('a;b\nc\n', 'x.csv')).toEqual(['a;b', 'c']);
  });
});
