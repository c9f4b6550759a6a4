// Compares what polysem read of a mutant with what the reference read.

import { mostBytes, MOST_MS } from './limits.mjs';

/** The kinds of outcome; `fails` ends the command with status 1. */
export const OUTCOMES = {
  crashed: { fails: true },
  slow: { fails: true },
  large: { fails: true },
  wrong: { fails: true },
  'read alike': { fails: false },
  'only polysem': { fails: false },
  'only reference': { fails: false },
  'refused by both': { fails: false },
  read: { fails: false },
  refused: { fails: false },
};

/**
 * Judges one mutant.
 *
 * @param result what child.mjs wrote.
 * @param answer what reference.py wrote; undefined if there is no reference.
 * @param files the files that were read.
 * @param more memory that the parser may take whatever the size of the files, in bytes.
 * @returns {{ outcome: string, detail: string }} an outcome and, where they differ, a short reason.
 */
export function judge(result, answer, files, more = 0) {
  if (result.crash !== undefined) return { outcome: 'crashed', detail: result.crash };
  if (result.ms > MOST_MS) return { outcome: 'slow', detail: `${Math.round(result.ms)} ms` };
  if (result.bytes > mostBytes(files) + more) {
    return { outcome: 'large', detail: `${(result.bytes / 1e6).toFixed(1)} MB` };
  }
  const own = (result.values ?? []).filter(({ digest }) => digest !== undefined);
  if (answer === undefined) return { outcome: own.length > 0 ? 'read' : 'refused', detail: '' };
  const choices = answer.choices ?? [answer.values ?? []];
  if (own.length === 0) {
    const isRead = choices.some((values) => values.some(({ digest }) => digest !== undefined));
    const detail = result.refusal ?? result.values[0]?.refusal ?? 'holds nothing';
    return isRead
      ? { outcome: 'only reference', detail }
      : { outcome: 'refused by both', detail: '' };
  }
  const { outcome, detail } = compare(own, choices, answer.refusal);
  const isHarmless = outcome === 'only polysem' && result.isAsUndamaged;
  return { outcome, detail: isHarmless ? `(values as before) ${detail}` : detail };
}

/** Outcomes of a comparison, the most favourable first. */
const ORDER = ['read alike', 'only polysem', 'wrong'];

/** Compares values with each choice of the reference, and returns the most favourable outcome. */
function compare(own, choices, refusal) {
  const compared = choices.map((values) => compareWith(own, values, refusal));
  return (
    compared.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))[0] ?? {
      outcome: 'only polysem',
      detail: refusal ?? 'the reference has no choice',
    }
  );
}

function compareWith(own, values, refusal) {
  const refused = [];
  for (const value of own) {
    const found = isPlain(value.name) ? values.filter(({ name }) => name === value.name) : values;
    if (found.some((other) => sameValue(value, other))) continue;
    const problem = found.find((other) => other.digest === undefined)?.refusal ?? refusal;
    if (problem === undefined)
      return { outcome: 'wrong', detail: `${value.name}: other values, or none` };
    if (!UNSUPPORTED.test(problem)) refused.push(problem);
  }
  return refused.length > 0
    ? { outcome: 'only polysem', detail: refused[0] }
    : { outcome: 'read alike', detail: '' };
}

/** A reference that cannot read a type at all says nothing about damage. */
const UNSUPPORTED = /NotImplementedError/;

/** Names in bytes that are not ASCII are decoded in several ways; their values must still be those of some name. */
function isPlain(name) {
  return /^[ -~]*$/.test(name);
}

function sameValue(one, other) {
  return one.digest === other.digest && String(one.shape) === String(other.shape);
}
