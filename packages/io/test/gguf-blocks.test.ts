import { expect, test } from 'vitest';
import { BLOCK_FORMATS } from '../src/formats/gguf/blocks.ts';

test('blocks have the bytes of their fields in ggml-common.h', () => {
  const fields: Record<string, [elements: number, ...bytes: number[]]> = {
    Q4_0: [32, 2, 16],
    Q4_1: [32, 2, 2, 16],
    Q5_0: [32, 2, 4, 16],
    Q5_1: [32, 2, 2, 4, 16],
    Q8_0: [32, 2, 32],
    Q8_1: [32, 2, 2, 32],
    Q2_K: [256, 16, 64, 2, 2],
    Q3_K: [256, 32, 64, 12, 2],
    Q4_K: [256, 2, 2, 12, 128],
    Q5_K: [256, 2, 2, 12, 32, 128],
    Q6_K: [256, 128, 64, 16, 2],
    Q8_K: [256, 4, 256, 32],
    IQ2_XXS: [256, 2, 64],
    IQ2_XS: [256, 2, 64, 8],
    IQ3_XXS: [256, 2, 96],
    IQ1_S: [256, 2, 32, 16],
    IQ4_NL: [32, 2, 16],
    IQ3_S: [256, 2, 64, 8, 32, 4],
    IQ2_S: [256, 2, 64, 8, 8],
    IQ4_XS: [256, 2, 2, 4, 128],
    IQ1_M: [256, 32, 16, 8],
    TQ1_0: [256, 48, 4, 2],
    TQ2_0: [256, 64, 2],
    MXFP4: [32, 1, 16],
    NVFP4: [64, 4, 32],
    Q1_0: [128, 2, 16],
    Q2_0: [64, 2, 16],
    PQ2_0: [128, 2, 32],
  };
  for (const [type, { elements, bytes, decode }] of Object.entries(BLOCK_FORMATS)) {
    const [count, ...sizes] = fields[type];
    expect([type, elements, bytes]).toEqual([type, count, sizes.reduce((a, b) => a + b)]);
    expect(decode === undefined).toBe(type === 'Q8_1');
  }
  expect(Object.keys(BLOCK_FORMATS)).toEqual(Object.keys(fields));
});

test('scales of NVFP4 have four exponent bits and three fraction bits, and 0x7f stands for 0', () => {
  // ggml_ue4m3_to_fp32 of ggml-impl.h.
  const scaleOf = (byte: number): number => {
    const [exponent, fraction] = [(byte >> 3) & 15, byte & 7];
    if (byte === 0 || byte === 0x7f) return 0;
    return exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7);
  };
  const out = new Float32Array(64);
  for (let byte = 0; byte < 256; byte++) {
    // The values 1 and -6 of E2M1 in the lower and upper halves.
    const block = new Uint8Array(36).fill(byte, 0, 4).fill(0xf2, 4);
    BLOCK_FORMATS.NVFP4.decode?.(new DataView(block.buffer), 0, true, out, 0);
    const group = [...Array(8).fill(scaleOf(byte)), ...Array(8).fill(-6 * scaleOf(byte))];
    expect([...out].map((value) => value + 0)).toEqual(
      [...group, ...group, ...group, ...group].map((value) => value + 0),
    );
  }
});
