// Mutants that change nothing that a test could notice, each read and given a reason. They are known by their text, so that
// they survive changes elsewhere in the file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutationPoints } from './points.mjs';

/**
 * @typedef {object} Equivalent
 * @property {string} file
 * @property {string} code the changed lines, with single spaces.
 * @property {string} mutant the same lines with the change.
 * @property {string} reason one sentence.
 */

/** The list of equivalent mutants. */
export function readEquivalents(root) {
  return JSON.parse(readFileSync(join(root, 'scripts/mutate/equivalent.json'), 'utf8'));
}

/** The lines of a mutant before and after the change, with single spaces. */
export function linesOf(text, { start, end, replacement }) {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next < 0 ? text.length : next;
  return {
    code: flat(text.slice(from, to)),
    mutant: flat(text.slice(from, start) + replacement + text.slice(end, to)),
  };
}

/**
 * Finds the reason why a mutant is equivalent.
 *
 * @param {readonly Equivalent[]} list
 * @returns {(mutant: { file: string, code: string, mutant: string }) => string | null}
 */
export function equivalence(list) {
  const reasons = new Map(list.map((entry) => [keyOf(entry), entry.reason]));
  return (mutant) => reasons.get(keyOf(mutant)) ?? null;
}

function flat(lines) {
  return lines.replace(/\s+/g, ' ').trim();
}

/** Identity of a mutant by its lines, which outlasts changes elsewhere in the file. */
export function keyOf({ file, code, mutant }) {
  return JSON.stringify([file, code, mutant]);
}

/**
 * Faults of the list: entries that match no mutant, or give no reason.
 *
 * @param {string} root folder of the repository.
 * @param {readonly Equivalent[]} list
 * @returns {string[]}
 */
export function faultsOf(root, list) {
  const keys = new Map();
  const keysOf = (file) => {
    if (!keys.has(file)) {
      const text = readFileSync(join(root, file), 'utf8');
      const points = mutationPoints(file, text);
      keys.set(file, new Set(points.map((point) => keyOf({ file, ...linesOf(text, point) }))));
    }
    return keys.get(file);
  };
  return list.flatMap((entry) => {
    if (!keysOf(entry.file).has(keyOf(entry)))
      return [
        `equivalent.json: no mutant of ${entry.file} turns "${entry.code}" into "${entry.mutant}"`,
      ];
    return /\w+ \w+/.test(entry.reason) ? [] : [`equivalent.json: no reason for "${entry.mutant}"`];
  });
}
