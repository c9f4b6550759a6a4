import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generator, normal } from '@polysem/numerics/random';
import { encodeSafetensors } from '@polysem/io';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../io/test/server.ts';
import { polysemMany, scratch } from './polysem.ts';

const DIMS = 8;
const TOKENS = 40;
const SECRET = 'hunter2';

const g = generator(3);
const random = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => normal(g)),
});
const tensors = [
  { name: 'wte.weight', ...random(TOKENS, DIMS) },
  { name: 'h.0.mlp.c_fc.weight', ...random(DIMS, 32) },
  { name: 'h.0.mlp.c_proj.weight', ...random(32, DIMS) },
];
const [first, ...others] = tensors;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const index = {
  weight_map: Object.fromEntries(tensors.map(({ name }, i) => [name, i === 0 ? 'a' : 'b'])),
};
const config = bytes(JSON.stringify({ n_embd: DIMS, n_head: 2 }));
const labels = Array.from({ length: TOKENS }, (_, i) => `word${i}`);

let folder: string;
let server: TestServer;
let environment: Record<string, string>;
beforeAll(async () => {
  folder = scratch();
  const whole = encodeSafetensors(tensors);
  server = await serve({
    '/one/model.safetensors': whole,
    '/one/config.json': config,
    [`/signed/model.safetensors?sig=${SECRET}`]: whole,
    '/owner/name/resolve/main/model.safetensors.index.json': bytes(JSON.stringify(index)),
    '/owner/name/resolve/main/a': encodeSafetensors([first]),
    '/owner/name/resolve/main/b': encodeSafetensors(others),
    '/owner/name/resolve/main/config.json': config,
    '/owner/name/resolve/main/vocab.txt': bytes(labels.join('\n')),
    [`/names.csv?sig=${SECRET}`]: bytes(`id,name\n${labels.map((l, i) => `${i},${l}`).join('\n')}`),
    '/broken/model.safetensors': whole,
    '/broken/config.json': bytes('{"n_embd": '),
    '/large/model.safetensors': whole,
    '/large/config.json': new Uint8Array(2 ** 22 + 1).fill(0x20),
  });
  environment = { HF_ENDPOINT: server.origin, HF_TOKEN: SECRET };
});
afterAll(() => server.close());
beforeEach(() => {
  server.log.length = 0;
});

const MLP = ['--preset', 'mlp-in', '--layer', '0'];
const known = 'd_model = 8, from the configuration';

describe('weights on the web', () => {
  it('are measured with their configuration, from http and hf addresses', async () => {
    const locations = [
      `${server.origin}/one/model.safetensors`,
      `${server.origin}/one/`,
      'hf://owner/name',
      'hf://owner/name/',
      'hf://owner/name@main/model.safetensors.index.json',
    ];
    const runs = await polysemMany(
      locations.map((location) => ['measure', location, ...MLP]),
      folder,
      environment,
    );
    const figures = runs.map(({ code, stdout, stderr }, i) => {
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(known);
      expect(stdout.startsWith(`${locations[i]}, mlp-in`)).toBe(true);
      return stdout.slice(stdout.indexOf('\n'));
    });
    expect(new Set(figures).size).toBe(1);
  });

  it('do not need a readable configuration, and name one that is not', async () => {
    const runs = await polysemMany(
      ['broken', 'large'].map((place) => ['measure', `${server.origin}/${place}/`, ...MLP]),
      folder,
      environment,
    );
    const problems = [/it is not valid JSON: /, /it has more than 4194304 bytes/];
    runs.forEach(({ code, stdout, stderr }, i) => {
      expect(code).toBe(0);
      expect(stderr).toMatch(/^http:\S+: config\.json was not read: [^\n]*\n$/);
      expect(stderr).toMatch(problems[i]);
      expect(stdout).not.toContain(known);
    });
    // Only the start of a file too large to be a configuration is read, to learn its size.
    const sent = server.log.filter(({ path }) => path === '/large/config.json');
    expect(sent.reduce((sum, { bytes: count }) => sum + count, 0)).toBeLessThan(2 ** 17);
  });

  it('never show a token or signed query in text, report, table or error', async () => {
    const signed = `${server.origin}/signed/model.safetensors?sig=${SECRET}`;
    const tokens = ['measure', signed, '--preset', 'token-embedding'];
    const columns = ['--importance', 'x', '--kurtosis', 'x'];
    const audit = ['audit', signed, '--preset', 'token-embedding', ...columns];
    const commands = [
      ['measure', signed, '--list'],
      ['measure', signed],
      ['measure', signed, ...MLP, '--json', '--report', 'r.html', '--per-feature', 'r.csv'],
      ['measure', signed, '--tensor', 'nope'],
      ['measure', signed, '--tensor', 'no*'],
      ['measure', signed, '--preset', 'sae-decoder'],
      ['measure', `${server.origin}/none?sig=${SECRET}`],
      ['measure', `http://user:${SECRET}@127.0.0.1:1/x`],
      ['measure', `hf://${SECRET}@owner/name/x`],
      ['measure', `hf://owner?token=${SECRET}`],
      ['geometry', signed, '--tensor', 'wte.weight', '--features', 'rows', '--json'],
      [...tokens, '--labels', `${server.origin}/names.csv?sig=${SECRET}:nope`],
      [...audit, '--stats', `${server.origin}/names.csv?sig=${SECRET}`],
    ];
    const runs = await polysemMany(commands, folder, environment);
    expect(runs.map(({ code }) => code)).toEqual([0, 2, 0, 2, 2, 2, 2, 2, 2, 2, 0, 2, 2]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(SECRET);
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).not.toContain(SECRET);
    for (const file of ['r.html', 'r.csv.json']) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text).not.toContain(SECRET);
      expect(text).toContain('/signed/model.safetensors');
    }
    // The token was sent to its hub, which is this server.
    expect(server.log.every(({ token }) => token === `Bearer ${SECRET}`)).toBe(true);
  });

  it('can have names of features from the web', async () => {
    const tokens = ['measure', 'hf://owner/name', '--preset', 'token-embedding', '--labels'];
    const runs = await polysemMany(
      ['hf://owner/name/vocab.txt', `${server.origin}/names.csv?sig=${SECRET}:name`].map((from) => [
        ...tokens,
        from,
        '--json',
      ]),
      folder,
      environment,
    );
    for (const { code, stdout, stderr } of runs) {
      expect([code, stderr]).toEqual([0, '']);
      const { perFeature } = JSON.parse(stdout) as { perFeature: { label: string[] } };
      expect(perFeature.label).toEqual(labels);
    }
  });
});
