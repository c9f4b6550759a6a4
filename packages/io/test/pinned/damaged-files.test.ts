import { pinned, times } from '../../../core/test/pinned/pinned.ts';
import { filesOf, mutant } from '../../../../scripts/mutants/mutant.mjs';
import { PARSERS } from '../../../../scripts/mutants/parsers.mjs';
import { readFiles } from '../../../../scripts/mutants/reading.mjs';
import { SEEDS } from '../../../../scripts/mutants/seeds.mjs';
import { withoutEngine } from './without-engine.ts';

// The files of `npm run mutants`, which compares what is read with reference readers. These tests pin what is read, and the
// messages where a file is refused.

const SEED = 5;
const AT_ONCE = 40;

for (const [parser, { read }] of Object.entries(PARSERS)) {
  // Not read by this package.
  if (read === 'sweep' || read === 'result') continue;
  const seeds = SEEDS[parser]();
  const outcome = async (files: Parameters<typeof readFiles>[1]) =>
    withoutEngine(await readFiles(read, files));

  pinned(`${parser}, whole files`, () => Promise.all(seeds.map(outcome)));

  for (const from of times(8, (part) => part * AT_ONCE)) {
    pinned(`${parser}, damaged files from number ${from}`, () =>
      Promise.all(
        times(AT_ONCE, (i) => outcome(filesOf(seeds, mutant(parser, seeds, SEED, from + i)))),
      ),
    );
  }
}
