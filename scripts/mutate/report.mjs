// Results of mutants as text.
import { aligned } from './aligned.mjs';
import { roomOf } from './choose.mjs';

const OUTCOMES = ['killed', 'timed out', 'survived', 'not covered', 'equivalent', 'skipped'];
/** Quantile of the normal distribution for an interval of 95 %. */
const QUANTILE = 1.959963984540054;

/** Numbers of mutants by outcome, with the share that the tests noticed. */
function countsBy(results, keysOf) {
  const groups = new Map();
  for (const { file, outcome } of results) {
    for (const key of keysOf(file)) {
      const counts = groups.get(key) ?? Object.fromEntries(OUTCOMES.map((o) => [o, 0]));
      counts[outcome]++;
      groups.set(key, counts);
    }
  }
  return [...groups].toSorted(([a], [b]) => (a === 'all') - (b === 'all') || (a < b ? -1 : 1));
}

/** Numbers of mutants per room and outcome, and over all rooms. */
export function countsByRoom(results) {
  return countsBy(results, (file) => [roomOf(file), 'all']).map(([room, counts]) =>
    Object.assign({ room }, score(counts), counts),
  );
}

/** Numbers of mutants per file and outcome. */
export function countsByFile(results) {
  return countsBy(results, (file) => [file]).map(([file, counts]) =>
    Object.assign({ file }, score(counts), counts),
  );
}

/** Mutants that were noticed, among those that tests could notice. */
function score(counts) {
  const caught = counts.killed + counts['timed out'];
  const tried = caught + counts.survived + counts['not covered'];
  return { noticed: tried === 0 ? null : caught / tried, tried };
}

/**
 * Interval of 95 % for a share of which a sample is known (Wilson 1927).
 *
 * @param {number} share share in the sample, from 0 to 1.
 * @param {number} n size of the sample, at least 1.
 * @returns {[number, number]}
 */
export function wilsonInterval(share, n) {
  const z2 = QUANTILE ** 2 / n;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (QUANTILE / (1 + z2)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n));
  return [Math.max(centre - half, 0), Math.min(centre + half, 1)];
}

/** The table of counts, with intervals if the mutants are a sample. */
export function table(results, { isSample, byFile }) {
  const groups = [...(byFile ? countsByFile(results) : []), ...countsByRoom(results)];
  const head = ['', ...OUTCOMES, 'noticed'].concat(isSample ? ['95 %'] : []);
  return aligned([head, ...groups.map((counts) => row(counts, isSample))]);
}

function row(counts, isSample) {
  const { noticed, tried } = counts;
  const shares = [noticed === null ? '' : percent(noticed)];
  if (isSample)
    shares.push(noticed === null ? '' : wilsonInterval(noticed, tried).map(percent).join(' to '));
  return [counts.file ?? counts.room].concat(
    OUTCOMES.map((outcome) => `${counts[outcome]}`),
    shares,
  );
}

/** One mutant: file:line, its change, and its outcome. */
export function lineOf({ file, line, kind, found, replacement, outcome, by, left }) {
  const change = `${short(found)} -> ${short(replacement)}`;
  const notes = [by, left > 0 && `${left} slow tests not run`].filter(Boolean).map(short);
  return `${outcome.padEnd(11)} ${file}:${line}  ${kind}: ${change}${notes.map((note) => `  [${note}]`).join('')}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function short(text) {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 90 ? `${flat.slice(0, 87)}...` : flat;
}
