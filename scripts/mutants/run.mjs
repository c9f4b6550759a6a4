// Reads many mutants of one parser, judges them and counts the outcomes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, OUTCOMES } from './judge.mjs';
import { filesOf, mutant } from './mutant.mjs';
import { PARSERS } from './parsers.mjs';
import { readMutants } from './reader-process.mjs';
import { missingPackages, openReference } from './reference.mjs';
import { SEEDS } from './seeds.mjs';

const BATCH = 2000;
/** Outcomes that depend on the machine; they count only if a second reading alone has them too. */
const REPEATED = new Set(['slow', 'large', 'crashed']);

/**
 * Reads `count` mutants of a parser.
 *
 * @param options
 *   - seed, count: which mutants, and how many.
 *   - first: number of the first mutant; default 0.
 *   - python: the Python with the reference readers; null for none.
 *   - out: folder for mutants that fail, and for two of each kind that only one side reads; null for none.
 *   - progress: called with a line after each batch.
 * @returns the counts of the outcomes, the most time and memory of one mutant, the reasons behind them with counts and the first mutants, and the reason why
 *   there was no reference (null if there was one).
 */
export async function runMutants(parser, options) {
  const { seed, count, python, out, progress, first = 0 } = options;
  const seeds = SEEDS[parser]();
  const { packages, more } = PARSERS[parser];
  const without = noReference(python, packages);
  const reference = without === null ? openReference(python, parser, seeds) : null;
  const tally = newTally(parser, out, seeds);
  try {
    for (let at = first; at < first + count; at += BATCH) {
      const end = Math.min(first + count, at + BATCH);
      const mutants = [];
      for (let i = at; i < end; i++) mutants.push(mutant(parser, seeds, seed, i));
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      const results = await readMutants(parser, seed, at, end);
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      const answers = await reference?.read(mutants);
      for (const [i, made] of mutants.entries()) {
        const files = filesOf(seeds, made);
        let result = results[i];
        let verdict = judge(result, answers?.[i], files, more);
        if (REPEATED.has(verdict.outcome)) {
          // oxlint-disable-next-line no-await-in-loop -- rare
          [result] = await readMutants(parser, seed, at + i, at + i + 1);
          verdict = judge(result, answers?.[i], files, more);
        }
        tally.add(at + i, made, verdict, result);
      }
      progress?.(`${parser}: ${end - first} of ${count}`);
    }
  } finally {
    reference?.close();
  }
  return { parser, mutants: count, without, ...tally.done() };
}

function noReference(python, packages) {
  if (packages === undefined) return 'there is none';
  if (python === null) return 'no Python was given';
  return missingPackages(python, packages);
}

/** Counts outcomes and reasons, and keeps the mutants that someone should look at. */
function newTally(parser, out, seeds) {
  const outcomes = Object.fromEntries(Object.keys(OUTCOMES).map((outcome) => [outcome, 0]));
  const reasons = new Map();
  const most = { ms: 0, bytes: 0 };
  return {
    add: (index, { origin, part, bytes }, { outcome, detail }, result) => {
      outcomes[outcome]++;
      most.ms = Math.max(most.ms, result.ms);
      most.bytes = Math.max(most.bytes, result.bytes);
      if (detail === '') return;
      const reason = `${outcome}: ${kindOf(detail)}`;
      const known = reasons.get(reason) ?? { count: 0, mutants: [] };
      reasons.set(reason, known);
      known.count++;
      if (known.mutants.length >= (OUTCOMES[outcome].fails ? 10 : 2)) return;
      known.mutants.push(index);
      if (out === null) return;
      mkdirSync(join(out, parser), { recursive: true });
      writeFileSync(join(out, parser, `${index}-${seeds[origin][part].name}`), bytes);
    },
    done: () => ({
      outcomes,
      most,
      reasons: [...reasons]
        .map(([reason, known]) => ({ reason, count: known.count, mutants: known.mutants }))
        .toSorted((a, b) => b.count - a.count),
    }),
  };
}

/** A reason without the numbers and names of one file. */
function kindOf(detail) {
  return detail
    .replace(/\s+/g, ' ')
    .replace(/'[^']*'|"[^"]*"|`[^`]*`/g, "'..'")
    .replace(/[\d.]*\d/g, '0')
    .replace(/[^ -~]+/g, '?')
    .slice(0, 160);
}
