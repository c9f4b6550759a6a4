import { describe, expect, it } from 'vitest';
import { alignmentReport } from '../src/geometry/alignment-report.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { fillNormal, generator } from '@polysem/numerics/random';
import { sum } from './fixtures.ts';
import {
  antipodalPair,
  blockDiagonal,
  polygon,
  randomRotation,
  rotated,
  tightFrame,
} from './neuron-cases.ts';

describe('alignmentReport', () => {
  it('agrees with the paper: the larger a block, the more features share each neuron', () => {
    const measured = [1, 2, 4, 8, 16].map((size) => {
      // Equal numbers of dimensions for each block size and twice as many features, in a random rotation.
      const parts = Array.from({ length: 16 / size }, (_, k) =>
        tightFrame(size, 2 * size, 1, 10 * size + k),
      );
      const { w, blocks } = blockDiagonal(parts);
      const report = alignmentReport(rotated(w, randomRotation(16, size)), blocks);
      return {
        before: sum(report.before.perNeuron.participation) / 16,
        after: sum(report.after.perNeuron.participation) / 16,
        count: sum(report.after.perNeuron.count) / 16,
      };
    });
    measured.forEach(({ before, after, count }, at) => {
      // Before, neurons mix all blocks: the participation ratio of Gaussian entries is a third of their number, 32.
      expect(before).toBeGreaterThan(7);
      expect(after).toBeLessThan(before / 2);
      if (at === 0) return;
      expect(after).toBeGreaterThan(measured[at - 1].after);
      expect(count).toBeGreaterThan(measured[at - 1].count);
    });
    // In the smallest blocks, two features share each neuron.
    expect(measured[0].count).toBeLessThanOrEqual(2);
    expect(measured[4].count).toBeGreaterThan(10);
  });

  it('counts neurons per block and blocks per neuron, before and after', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3), polygon(5)]);
    const turned = rotated(w, randomRotation(5, 8));
    const report = alignmentReport(turned, blocks, { threshold: 0.05 });
    expect(report.after.threshold).toBe(0.05);
    for (const own of report.blocksPerNeuronAfter) expect(own).toBeCloseTo(1, 12);
    expect(Math.max(...report.blocksPerNeuronBefore)).toBeGreaterThan(1.5);
    report.blocks.forEach((block, k) => {
      expect(block.ownNeurons.length).toBe(block.dims);
      expect(block.ownShare).toBeCloseTo(1, 12);
      // A tight block has equal weight on each of its axes.
      expect(block.after.neurons).toBeCloseTo(blocks[k].dims, 12);
      expect(block.before.neurons).toBeGreaterThan(block.after.neurons);
      expect(block.after.featuresPerNeuron).toBeLessThan(block.before.featuresPerNeuron);
    });
    const [pair, triangle, pentagon] = report.blocks.map((block) => block.after);
    expect(pair.featuresPerNeuron).toBeCloseTo(2, 12);
    expect(pair.countPerNeuron).toBeCloseTo(2, 12);
    expect(pair.monosemanticity).toBeCloseTo(1 / 2, 12);
    // The sum of fourth powers of a triangle or pentagon does not depend on its angle: 2 and 10/3 features on average.
    expect(triangle.featuresPerNeuron).toBeCloseTo(2, 12);
    expect(pentagon.featuresPerNeuron).toBeCloseTo(10 / 3, 12);
  });

  it('is plain data that survives JSON', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3)]);
    const report = alignmentReport(w, blocks);
    expect(structuredClone(report)).toEqual(report);
  });

  it('weighs neurons by the block alone, however short it is', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3)]);
    const report = alignmentReport(w, blocks);
    // The pair has one dimension, which is the first neuron already.
    expect(report.blocks[0].before).toEqual(report.blocks[0].after);
    const shorter = embedding(
      1,
      2,
      antipodalPair.data.map((x) => x / 4),
    );
    const beside = blockDiagonal([shorter, polygon(3)]);
    expect(alignmentReport(beside.w, beside.blocks).blocks).toEqual(report.blocks);
  });

  it('reports the share of a noisy block on its own neurons', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3), polygon(5)]);
    const errors = new Float64Array(w.data.length);
    fillNormal(generator(3), errors);
    const noisy = embedding(
      w.dims,
      w.features,
      w.data.map((x, j) => x + 0.03 * errors[j]),
    );
    const report = alignmentReport(rotated(noisy, randomRotation(5, 2)), blocks);
    for (const { ownShare } of report.blocks) {
      // Noise has at most three dimensions of 0.03^2 each outside, for length 1: a small multiple of 0.3 %.
      expect(ownShare).toBeGreaterThan(0.98);
      expect(ownShare).toBeLessThan(1);
    }
    expect(report.alignment.obliqueness).toBeLessThan(0.1);
  });

  it('does not depend on the unit of the weights, and has no blocks per neuron in a matrix of zeros', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3)]);
    const turned = rotated(w, randomRotation(3, 4));
    const known = alignmentReport(turned, blocks);
    for (const unit of [2 ** -600, 2 ** 600]) {
      const scaled = embedding(
        w.dims,
        w.features,
        turned.data.map((x) => x * unit),
      );
      const found = alignmentReport(scaled, blocks);
      expect(found.blocks).toEqual(known.blocks);
      expect(found.blocksPerNeuronBefore).toEqual(known.blocksPerNeuronBefore);
      expect(found.blocksPerNeuronAfter).toEqual(known.blocksPerNeuronAfter);
    }
    const none = alignmentReport(embedding(2, 3), []);
    expect([...none.blocksPerNeuronBefore, ...none.blocksPerNeuronAfter]).toEqual([0, 0, 0, 0]);
  });
});
