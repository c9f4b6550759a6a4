// Writes the examples of the lab's page for weights to apps/lab/public/examples:
//
//   node scripts/lab-examples.mjs [model.onnx]
//
// - synthetic-sae.safetensors: the decoder of a synthetic sparse autoencoder. 512 unit vectors in 64 dimensions, in eight
//   blocks of 8 dimensions with 16 to 112 latents each. The bytes depend on nothing but the seed.
// - magika-bytes.safetensors: the byte embedding of Magika (Google, Apache-2.0), 257 rows in 64 dimensions, with the names
//   of the bytes in magika-bytes.txt. It is taken from model.onnx of the PyPI package magika 1.0.3, which is installed to a
//   temporary folder unless a path is given.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors, readTensor } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { generator, normal } from '@polysem/numerics/random';

const FOLDER = fileURLToPath(new URL('../apps/lab/public/examples', import.meta.url));
const PACKAGE = 'magika==1.0.3';
const MODEL = join('magika', 'models', 'standard_v3_3', 'model.onnx');
const TENSOR = 'jax2tf_get_logits_/Const:0';

const SEED = 14;
const DIMS = 64;
const BLOCK_DIMS = 8;
/** Latents of each block. */
const LATENTS = [16, 24, 32, 48, 64, 96, 112, 120];

/** A synthetic decoder: random unit vectors, each within the dimensions of its block. */
export function syntheticDecoder() {
  const random = generator(SEED);
  const features = LATENTS.reduce((a, b) => a + b);
  const data = new Float32Array(features * DIMS);
  let row = 0;
  LATENTS.forEach((latents, block) => {
    for (let k = 0; k < latents; k++, row++) {
      const vector = Array.from({ length: BLOCK_DIMS }, () => normal(random));
      const norm = Math.hypot(...vector);
      vector.forEach((x, i) => {
        data[row * DIMS + block * BLOCK_DIMS + i] = x / norm;
      });
    }
  });
  return { name: 'W_dec', shape: [features, DIMS], data };
}

const zeros = (name, length) => ({ name, shape: [length], data: new Float32Array(length) });

/** The file of the synthetic decoder, with what is needed to recognise it. */
export function syntheticFile() {
  const decoder = syntheticDecoder();
  const [latents, dims] = decoder.shape;
  return encodeSafetensors([decoder, zeros('b_enc', latents), zeros('b_dec', dims)], {
    source: `synthetic: random unit vectors in ${LATENTS.length} blocks, seed ${SEED}`,
  });
}

/** The name of a byte: its character where it has one. */
function byteName(byte) {
  if (byte === 256) return 'padding';
  if (byte === 32) return 'space';
  const names = { 0: 'NUL', 9: 'tab', 10: 'newline', 13: 'return', 27: 'escape', 127: 'delete' };
  if (names[byte] !== undefined) return names[byte];
  if (byte > 32 && byte < 127) return String.fromCharCode(byte);
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

async function byteFile(path) {
  const source = await openFile(path);
  try {
    const { shape, data } = await readTensor(source, TENSOR);
    return encodeSafetensors([{ name: 'byte_embedding', shape, data }], {
      license: 'Apache-2.0',
      source: `Magika standard_v3_3 (Google), ${PACKAGE} on PyPI, tensor ${TENSOR}; other tensors left out`,
    });
  } finally {
    await source.close();
  }
}

async function main([given]) {
  const temporary = given === undefined ? mkdtempSync(join(tmpdir(), 'polysem-')) : null;
  try {
    if (temporary !== null) {
      const words = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-deps',
        '--target',
        temporary,
        PACKAGE,
      ];
      const { status, stderr } = spawnSync('python3', words, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`pip did not install ${PACKAGE}: ${stderr?.trim()}`);
    }
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'synthetic-sae.safetensors'), syntheticFile());
    const bytes = await byteFile(temporary === null ? given : join(temporary, MODEL));
    writeFileSync(join(FOLDER, 'magika-bytes.safetensors'), bytes);
    const names = Array.from({ length: 257 }, (_, byte) => byteName(byte));
    writeFileSync(join(FOLDER, 'magika-bytes.txt'), `${names.join('\n')}\n`);
  } finally {
    if (temporary !== null) rmSync(temporary, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
