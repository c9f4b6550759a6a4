import { generator, integerBelow, type Generator } from '@polysem/numerics/random';
import { checkToken } from '../../src/bytes/check-token.ts';
import { printable, quote, quoteList } from '../../src/bytes/format-error.ts';
import { isUrl, resolveHf, resolveHfTree, shownLocation } from '../../src/bytes/hf-url.ts';
import { parseJsonObject } from '../../src/bytes/json-object.ts';
import { isInside } from '../../src/bytes/source-folder.ts';
import { stem } from '../../src/bytes/stem.ts';
import { impostorIn, otherFile } from '../../src/formats/not-weights.ts';
import { npyDType } from '../../src/formats/npy/dtype.ts';
import { parsePythonLiteral } from '../../src/formats/npy/python-literal.ts';
import { bytesSource } from '../../src/index.ts';
import { parseLabels } from '../../src/labels/index.ts';
import {
  layerOfHook,
  layerOfName,
  namesOfPath,
} from '../../src/layouts/dictionaries/layer-names.ts';
import { matchName } from '../../src/layouts/layout.ts';
import { parseYaml } from '../../src/layouts/yaml/parse-yaml.ts';
import { csvDoubts, encodeCsv } from '../../src/tables/index.ts';
import { pinned, times } from '../../../core/test/pinned/pinned.ts';

// Results of reading texts of the small languages of files, most of them valid but for a few edits, and the messages of those that
// are refused. Other tests show that these are right; here they are pinned, so that no change goes unnoticed.

const GROUPS = 20;
const PER_GROUP = 40;

interface Language {
  readonly texts: readonly string[];
  /** Words that edits insert, separated by `|`. */
  readonly words: string;
  readonly read: (text: string, g: Generator) => unknown;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  YAML: {
    texts: [
      'a: 1\nb:\n  c: x y\n  d: [1, 2.5, "z"]\n  e: {f: true, g: ~}\nh:\n- 1\n- i: 2\n  j: .inf\n',
      "---\nname: 'it''s' # comment\nlong: one\n  two\n  three\nq: \"a\\tb\n  c\"\n...\n",
      'list:\n  - - 1\n    - 2\n  -\n    k: v\nt: !!python/tuple\n- 0.9\nu: !!python/tuple [1, 2]\n',
      '{a: [1, {b: c}], "d": 0x1F, e: 1_000}\n',
    ],
    words:
      ': |- |\n|\n  |\n\n|"|\'|[|]|{|}|,|#| #|&a|*a|!!python/tuple |>|%|@|`|\t|~|null|yes|Off|0x1F|1_000|.inf|-.5|1e3|\\|\\n|\\x41|---\n|...\n|? |<<: |012|1:30|a: ',
    read: (text) => parseYaml(text, 'x.yaml'),
  },
  'labels in a list of lines': {
    texts: ['the\ncat\n', '\u0120the\ncat\n', '\u2581the\r\n##ing\n', 'a\n\nb\n'],
    words: '\n|\r\n| |\u0120|\u2581|\u0000|\u00c3\u00a9|\u00ad|\t|a|<|{',
    read: (text) => parseLabels(text, 'vocab.txt'),
  },
  'labels in JSON': {
    texts: [
      '["one", "two"]',
      '{"<unk>": 0, "\u0120the": 1, "cat": 3}',
      '{"model": {"vocab": {"a": 0, "\u0120b": 1}}, "decoder": {"type": "ByteLevel"}, "added_tokens": [{"id": 2, "content": "<s>"}]}',
      '{"model": {"vocab": [["a", -1], ["b", -2]]}, "pre_tokenizer": {"pretokenizers": [{"type": "ByteLevel"}]}}',
      '{"decoder": {"decoders": [{"type": "Metaspace"}]}, "model": {"vocab": {"\u2581a": 0}}}',
    ],
    words:
      '"|0|1|2|70000|-1|null|[]|{}|,|:|"type"|"ByteLevel"|"id"|"content"|"vocab"|"model"|\u0120|\u2581',
    read: (text) => parseLabels(text, 'tokenizer.json'),
  },
  'labels in a table': {
    texts: [
      'index,label\n0,the\n1,"a, b"\n',
      'token;n\nthe;1\ncat;2\n',
      'a\nb\n',
      'x\ty\n1\t2\n',
      '# made: by a test\nname,other\nq,"r\ns"\n',
      'label\nr1,a\nr2,b\n',
      'p,q\n1,2\n3,4\n',
    ],
    words: ',|;|\t|\n|\r\n|"|""|# |label|Name|token|feature|0|1| ',
    read: (text, g) =>
      parseLabels(
        text,
        chosen(g, ['x.csv', 'x.csv', 'x.TSV', 'x.txt']),
        chosen(g, [undefined, undefined, 'label', 'token', '1', '5', 'y']),
        chosen(g, [undefined, undefined, true, false]),
      ),
  },
  'Python literals of numpy': {
    texts: [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }",
      "{'descr': [('a', '<f4'), ('b', '|S3', (2,))], 'fortran_order': True, 'shape': ()}",
      '("<f4", [1, -2, None], {"a": (3)})',
    ],
    words: "'|\"|,|(|)|[|]|{|}|:| |\n|True|False|None|0|01|-1|1.5|'a'|\\",
    read: (text) =>
      JSON.stringify(parsePythonLiteral(text), (_, value: unknown) =>
        value instanceof Map ? [...value] : value,
      ),
  },
  'types of numpy': {
    texts: ["'<f8'", "'>i4'", "'|b1'", "'=f2'", "[('a', '<f4')]", "('<f4', (2,))", "'<U3'"],
    words: '<|>|=|f|i|u|b|c|S|U|V|M|m|O|1|2|4|8|16|[s]|(|)',
    read: (text) => npyDType(parsePythonLiteral(text)),
  },
  addresses: {
    texts: [
      'hf://o/r/a b/w.npz',
      'hf://datasets/o/r@v1/w',
      'HF://o/r@refs%2Fpr%2F1/w?x=1#y',
      'https://u:p@host/a/w.npy?token=1',
      'hf://spaces/o/r',
      '/home/x/w.npy',
      '-',
    ],
    words: '/|//|@|%2F|%|?|#|..|.|datasets/|models/|hf://|http://|:| |\u00e9|-',
    read: (text) => [
      isUrl(text),
      shownLocation(text),
      attempt(() => resolveHf(text)),
      attempt(() => resolveHf(text, 'https://mirror/x//')),
      attempt(() => resolveHfTree(text)),
      isInside(text),
      stem(text, /\.(?:npz|npy)$/i),
    ],
  },
  'names of layers': {
    texts: [
      'blocks.9.hook_resid_post',
      'model.layers.3.mlp',
      'resid_post_layer_12',
      'L4R',
      'x-l10.pt',
      'gpt2/layer_7_width_16k',
      'h.5.attn',
      'layers.1.blocks.2',
      '12',
    ],
    words: '.|_|-|/|layer|layers|block|blocks|h|L|l|R|A|M|TC|0|1|2|12|12345|1234567|x|\\',
    read: (text) => [
      layerOfHook(text),
      layerOfName(text),
      namesOfPath(`hf://${text}/a/b/c/d/e.pt`),
      namesOfPath(text),
    ],
  },
  'names of tensors': {
    texts: ['model.layers.3.mlp.experts.5.w', 'encoder.block.2.layer.1.wi', 'h.1.w', 'w'],
    words: '.|layers|experts|encoder|decoder|shared|0|1|1234567|a|w|(|+',
    read: (text) =>
      ['layers.{L}.mlp.experts.{E}.w', '{T}.block.{L}.layer.1.wi', 'h.{L}.w', 'w', 'a+(w'].map(
        (pattern) => matchName(pattern, text),
      ),
  },
  'objects in JSON': {
    texts: [
      '{"a": 1, "b": {"a": [2, {"c": "d"}]}}',
      '{"a\\u0062": "x\\"y", "ab" : 3}',
      '[{"a": 1}]',
    ],
    words: '"|\\"|\\\\|{|}|[|]|,|:|"a"|"a": |"ab"|1| |\n|\t',
    read: (text) =>
      parseJsonObject(
        bytesSource('x.json', new TextEncoder().encode(text)),
        new TextEncoder().encode(text),
        'the header',
      ),
  },
  'texts instead of weights': {
    texts: [
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 12\n',
      '<!DOCTYPE html><html>',
      '{"error": "Access \\"denied\\""}',
      ' {"detail":"x"} ',
      '\u001f\u008b',
      'BZh9',
      '7z\u00bc\u00af\u0027\u001c',
      'Rar!',
      '\u0089HDF\r\n\u001a\n',
      '(\u00b5/\u00fd',
      '\u00fd7zXZ\u0000',
    ],
    words: '<|>|html|head|body|?xml |error|message|size |12|"|{|}|:| |\n',
    read: (text) => [
      impostorIn(text),
      otherFile({
        source: bytesSource('x', new Uint8Array(0)),
        start: Uint8Array.from(text, (c) => c.charCodeAt(0)),
        zipMembers: async () => [],
      }),
    ],
  },
  'texts in messages and tables': {
    texts: [
      'plain',
      'a "b"',
      '=SUM(A1)',
      'NA',
      '-nan',
      'hf_abc',
      'two\nlines',
      `${'x'.repeat(58)}yz`,
      '\u202e\u00ad',
    ],
    words: '"|\\|\n|\r|\t|,|;|#| |=|@|+|-|null|None|<NA>|1.#IND|\u2028|\u{1F600}|\ud83d|\u007f',
    read: (text) => {
      const words = text.split(/(?<=.{5})/s);
      return [
        printable(text),
        quote(text),
        quote(text, 8),
        quoteList(words),
        quoteList(words, 2),
        csvDoubts([{ name: 'x', values: words }]),
        attempt(() => encodeCsv([{ name: text, values: words }])),
        attempt(() => checkToken(text, 'x')),
      ];
    },
  },
};

for (const [name, { texts, words, read }] of Object.entries(LANGUAGES)) {
  pinned(name, () =>
    times(GROUPS, (group) =>
      times(PER_GROUP, (i) => {
        const g = generator(1000 * group + i);
        const text = edited(g, chosen(g, texts), words.split('|'));
        return withoutEngine(attempt(() => read(text, g)));
      }),
    ),
  );
}

/** A text with up to three changes. */
function edited(g: Generator, whole: string, words: readonly string[]): string {
  let text = whole;
  for (let left = integerBelow(g, 4); left > 0; left--) {
    const at = integerBelow(g, text.length + 1);
    const cut = chosen(g, [0, 0, 1, 2]);
    const put = chosen(g, [chosen(g, words), chosen(g, words), '', text.slice(at, at + 6)]);
    text = text.slice(0, at) + put + text.slice(at + cut);
  }
  return text;
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

/** A result without the words of JSON.parse, which differ between versions of Node. */
function withoutEngine(result: unknown): unknown {
  return typeof result === 'string' ? result.replace(/( JSON: ).*/s, '$1') : result;
}

function chosen<T>(g: Generator, items: readonly T[]): T {
  return items[integerBelow(g, items.length)];
}
