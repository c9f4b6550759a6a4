import { filesFolder } from '@polysem/io/bytes';
import { findFeatures, readHints } from '@polysem/io/layouts';
import { describe, expect, it, test } from 'vitest';
import { parseYaml } from '../src/layouts/yaml/parse-yaml.ts';
import { entries } from './layout-files.ts';

/** The configuration that the Temporal SAE writes beside its weights. */
const CONF = `seed: 0
device_id: cuda   # of the first process
llm:
  name: google/gemma-2-2b
  dimin: 8
data:
  dtype: float32
  layers: [12]
sae:
  sae_type: temporal
  exp_factor: 3.0
  n_heads: 4
  sae_diff_type: topk
  kval_topk: 4
  tied_weights: false
optimizer: {learning_rate: 1.0e-3, betas: [0.9, 0.95]}
`;

describe('a configuration in YAML', () => {
  it('is read as nested maps, lists and scalars', () => {
    expect(parseYaml(CONF, 'conf.yaml')).toEqual({
      seed: 0,
      device_id: 'cuda',
      llm: { name: 'google/gemma-2-2b', dimin: 8 },
      data: { dtype: 'float32', layers: [12] },
      sae: {
        sae_type: 'temporal',
        exp_factor: 3,
        n_heads: 4,
        sae_diff_type: 'topk',
        kval_topk: 4,
        tied_weights: false,
      },
      optimizer: { learning_rate: 0.001, betas: [0.9, 0.95] },
    });
  });

  test.each<[string, string, unknown]>([
    ['a list in the column of its key', 'a:\n- 1\n- b: 2\n  c: 3\n', [1, { b: 2, c: 3 }]],
    ['a list in a list', 'a:\n  - - 1\n    - 2\n  -\n    - 3\n', [[1, 2], [3]]],
    ['a map without a value', 'a:\nb: 1\n', null],
    ['a text over several lines', 'a: one\n  two\n  three # four\n', 'one two three'],
    ['a text with a colon and a hash', 'a: hf://x/y#z\n', 'hf://x/y#z'],
    ['a text in quotes', "a: 'it''s # 1: x'\n", "it's # 1: x"],
    ['escapes', 'a: "\\t\\x41\\u00e9\\U0001F600\\\\\\""\n', '\tAé😀\\"'],
    [
      'a text in quotes over several lines',
      'a: "one\n  two \\\n  \\ three\n\n  four"\n',
      'one two  three\nfour',
    ],
    [
      'brackets over several lines',
      'a: [1, # one\n  {b: "]", c: [x,\n y]}, ]\n',
      [1, { b: ']', c: ['x', 'y'] }],
    ],
    [
      'a text in quotes at the beginning of a line in brackets',
      'a: [x,\n"b[", c]\n',
      ['x', 'b[', 'c'],
    ],
    [
      'words',
      'a: [yes, Off, ~, null, .inf, -.Inf, "yes"]\n',
      [true, false, null, null, Infinity, -Infinity, 'yes'],
    ],
    [
      'numbers',
      'a: [1e-3, 1_000, 0x1F, -.5, 5., 1.2.3, 0o17]\n',
      [0.001, 1000, 31, -0.5, 5, '1.2.3', '0o17'],
    ],
    ['a tuple of Python', 'a: !!python/tuple\n- 0.9\n- 0.99\n', [0.9, 0.99]],
    ['a document with marks', '---\na: 1\n...\n', 1],
    ['a document behind its mark and a comment', '--- # of the run\na: 1\n', 1],
    ['a document behind its mark', '--- {a: [1, 2]}\n', [1, 2]],
    ['a map behind the mark, in its column', '---  a: 1\n     b: 2\n', 1],
    ['a quotation mark behind a backslash', 'a: "x\\" [ y"\n', 'x" [ y'],
    ['a backslash before a single quotation mark', "a: ['x\\', y]\n", ['x\\', 'y']],
    ['keys in quotes with a space behind them', 'a: {"b" : 1, c : 2}\n', { b: 1, c: 2 }],
    ['keys in quotes', '"b": 0\n\'a\' : {"x: y": 1}\n', { 'x: y': 1 }],
    ['a key in quotes with escapes', '"\\x61": it is\n', 'it is'],
    ['keys in quotes without a space behind them', 'a: {"b":1, \'c\':[2]}\n', { b: 1, c: [2] }],
    ['a key with a single letter as its value', 'a: b\n', 'b'],
    [
      'every escape of YAML 1.2, section 5.7',
      'a: "\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\"\\/\\\\\\N\\_\\L\\P"\n',
      '\0\u0007\b\t\n\v\f\r\u001b "/\\\u0085\u00a0\u2028\u2029',
    ],
    ['an empty list and map', 'a: [[], {}, [ ], { }]\n', [[], {}, [], {}]],
    ['spaces before commas and brackets', 'a: ["b" , [1] , {c: "d" } ]\n', ['b', [1], { c: 'd' }]],
    ['lists without spaces', 'a: [1,2,[3,"4"],5]\n', [1, 2, [3, '4'], 5]],
    ['a BOM and lines that end in CR LF', '\uFEFFa: 1\r\nb: 2\r\n', 1],
  ])('may hold %s', (_, text, expected) => {
    expect(parseYaml(text, 'x.yaml').a).toEqual(expected);
  });

  test.each([
    ['a: &x 1\nb: *x\n', 'x.yaml: line 1: anchors (&) are not read'],
    ['b: 1\na: [*x]\n', 'x.yaml: line 2: aliases (*) are not read'],
    ['a: 1\n&x b: 2\n', 'x.yaml: line 2: anchors (&) are not read'],
    ['*x : 1\n', 'x.yaml: line 1: aliases (*) are not read'],
    ['a: !!python/object:x.Y {}\n', 'x.yaml: line 1: tags (!) are not read, except !!python/tuple'],
    ['a: |\n  b\n', 'x.yaml: line 1: block texts (|) are not read'],
    ['a: >-\n  b\n', 'x.yaml: line 1: folded texts (>) are not read'],
    ['%YAML 1.1\n---\na: 1\n', 'x.yaml: line 1: directives (%) are not read'],
    ['a: 1\n---\nb: 2\n', 'x.yaml: line 2: a second document is not read'],
    ['--- a: 1\nb: 2\n', 'x.yaml: line 2: "b: 2" does not fit the lines before it'],
    ['? a\n: 1\n', 'x.yaml: line 1: keys behind a question mark are not read'],
    ['a: {? b : 1}\n', 'keys behind a question mark are not read'],
    ['a: {<<: {b: 1}}\n', 'merged maps (<<) are not read'],
    ['a: 1\nb: 2\na: 3\n', 'has the key "a" twice'],
    ['a: 1\n\tb: 2\n', 'x.yaml: line 2: a tab indents it, which YAML forbids'],
    ['a: 1\n  b: 2\n', 'x.yaml: line 2: is indented further than the line before it'],
    ['a: 012\n', '"012" is an octal number in YAML 1.1 and a decimal one in YAML 1.2'],
    ['a: 1:30\n', '"1:30" is a number to base 60 in YAML 1.1'],
    ['a: [1, 2\n', 'a list or map does not end'],
    ['a: "b\n', 'a text in quotes does not end'],
    ['a: "b" c\n', '"c" follows a text in quotes'],
    ['a: 1\n"b" c: 2\n', 'x.yaml: line 2: "\\"b\\" c: 2" is not of the form "name: value"'],
    ['a: [b] c\n', '"c" follows a list or map'],
    ['a: {b}\n', 'the key "b" has no value'],
    ['a: "\\q"\n', 'the escape "\\\\q" is not one of YAML'],
    ['a: b: c\n', 'a map must begin in its own line'],
    ['a: 1\nb\n', 'x.yaml: line 2: "b" is not of the form "name: value"'],
    ['- 1\n', 'x.yaml: holds no map of names and values'],
    ['# nothing\n', 'x.yaml: holds no configuration'],
    [`a: ${'['.repeat(100)}${']'.repeat(100)}\n`, 'nested more than 64 times'],
    ['a: ["b" c]\n', 'expected "," or "]" in a list or map'],
    ['a: {"b": "c" d}\n', 'expected "," or "}" in a list or map'],
    [
      Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'nested more than 64 times',
    ],
    [`${'- '.repeat(100)}1\n`, 'nested more than 64 times'],
  ])('is refused by name where it is %j', (text, message) => {
    expect(() => parseYaml(text, 'x.yaml')).toThrow(message);
  });
});

// The types of YAML 1.1 (yaml.org/type), without y and n, which PyYAML takes for texts.
test.each<[unknown, string]>([
  [true, 'yes Yes YES true True TRUE on On ON'],
  [false, 'no No NO false False FALSE off Off OFF'],
  [null, '~ null Null NULL'],
  [Infinity, '.inf .Inf .INF +.inf +.Inf +.INF'],
  [-Infinity, '-.inf -.Inf -.INF'],
  [NaN, '.nan .NaN .NAN'],
])('%j is written as each of %s', (value, words) => {
  for (const word of words.split(' ')) expect(parseYaml(`a: ${word}\n`, 'x').a).toEqual(value);
});

test.each('y Y n N yES tRUE oN oFF nULL .iNF .nAN +.nan none'.split(' '))(
  '%s is a text',
  (word) => {
    expect(parseYaml(`a: ${word}\n`, 'x').a).toBe(word);
  },
);

test('a number has at most 64 characters, and longer ones are texts', () => {
  const [longest, longer] = [64, 65].map((length) => '1'.padEnd(length, '0'));
  expect(parseYaml(`a: [${longest}, ${longer}]\n`, 'x').a).toEqual([1e63, longer]);
});

test('maps and lists are nested at most 64 times', () => {
  const deep = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + deep(Object.values(value)[0]) : 0;
  const keys = (n: number) =>
    Array.from({ length: n }, (_, i) => `${' '.repeat(i)}a:\n`).join('') + `${' '.repeat(n)}b: 1\n`;
  const brackets = (n: number) => `a: ${'['.repeat(n)}1${']'.repeat(n)}\n`;
  const braces = (n: number) => `a: ${'{b: '.repeat(n)}1${'}'.repeat(n)}\n`;
  expect(deep(parseYaml(keys(64), 'x.yaml'))).toBe(65);
  expect(deep(parseYaml(brackets(64), 'x.yaml'))).toBe(65);
  expect(deep(parseYaml(braces(64), 'x.yaml'))).toBe(65);
  for (const text of [keys(65), brackets(65), braces(65)])
    expect(() => parseYaml(text, 'x.yaml')).toThrow('nested more than 64 times');
});

describe('a configuration in YAML beside weights', () => {
  const shapes = { D: [24, 8], E: [8, 24], b: [1, 8] };
  const found = async (files: Record<string, string>) => {
    const folder = filesFolder(Object.entries(files).map(([name, text]) => new File([text], name)));
    const file = { entries: entries(shapes), metadata: {} };
    const hints = await readHints({ file, path: 'layer_12/latest_ckpt.safetensors', folder });
    return { hints, decoder: findFeatures(file.entries, hints).features[1] };
  };

  it('says that TopK selects the latents of a Temporal SAE, so that norms are not folded', async () => {
    const { decoder } = await found({ 'conf.yaml': CONF });
    expect(decoder).toMatchObject({ layout: 'Temporal SAE', layer: 12, features: 24, dims: 8 });
    expect(decoder.unfolded).toMatch(/^TopK selects latents/);
    expect(decoder.fold).toBeUndefined();
  });

  it('says that ReLU selects them, so that norms are folded', async () => {
    const { decoder } = await found({ 'conf.yaml': CONF.replace('topk\n', 'relu\n') });
    expect(decoder.unfolded).toBeUndefined();
    expect(decoder.fold).toBeDefined();
  });

  it('is named with the reason where it cannot be read, as one in JSON is', async () => {
    const { hints } = await found({ 'conf.yaml': `${CONF}x: &y 1\n`, 'config.json': '{"a": 1' });
    expect(hints.config).toBeNull();
    expect(hints.notes).toEqual([
      expect.stringMatching(/^config\.json was not read: it is not valid JSON: /),
      'conf.yaml was not read: line 17: anchors (&) are not read',
    ]);
  });
});
