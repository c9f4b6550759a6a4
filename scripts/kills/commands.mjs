// The commands that continue after an interruption, each with some seconds of work in several parts.
import { writeFileSync } from 'node:fs';
import { encodeNpy } from '@polysem/io';
import { generator, uniform } from '@polysem/numerics/random';

/** Name of the matrix that `measure` and `compare` read. */
export const INPUT = 'kills-input.npy';

/** Writes the matrix that `measure` and `compare` read: just large enough for its partial results to be kept. */
export function writeInput(path) {
  const shape = [4200, 2048];
  const g = generator(7);
  const data = Float32Array.from({ length: shape[0] * shape[1] }, () => uniform(g) - 0.5);
  writeFileSync(path, encodeNpy({ shape, data }));
}

const words = (line) => line.split(' ');

/** Commands by name. `input` is the path of the matrix. */
export function commandsFor(input) {
  return {
    train: words(
      'train --features 24 --dims 6 --importance 0.9^i --density 0.1 --loss sampled --steps 1200 --seeds 6 --history 10 --threads 2 --out w.safetensors --json',
    ),
    'phase --trained': words(
      'phase --features 6 --dims 3 --density 1:0.01:24 --importance 0.1:10:24 --trained --threads 2 --out trained.svg --json',
    ),
    'phase --model': words(
      'phase --model compression --activation relu --features 4 --dims 2 --x importance=0.1:10:5 --y density=1:0.05:6 --seeds 2 --refine 3 --threads 2 --out model.svg --json',
    ),
    measure: [
      'measure',
      input,
      ...words(
        '--features rows --baseline norms --threads 2 --report r.html --per-feature f.csv --json',
      ),
    ],
    compare: [
      'compare',
      input,
      input,
      ...words(
        '--features rows --matching mutual --threads 2 --report r.html --per-pair f.csv --json',
      ),
    ],
  };
}
