// Results of mutants as text.
import { aligned } from './aligned.mjs';
import { roomOf } from './choose.mjs';

const OUTCOMES = ['killed', 'timed out', 'survived', 'skipped'];

/** Numbers of mutants per room and outcome, with the share that the tests noticed. */
export function countsByRoom(results) {
  const rooms = new Map();
  for (const { file, outcome } of results) {
    for (const name of [roomOf(file), 'all']) {
      const counts = rooms.get(name) ?? Object.fromEntries(OUTCOMES.map((o) => [o, 0]));
      counts[outcome]++;
      rooms.set(name, counts);
    }
  }
  return [...rooms]
    .map(([room, counts]) => Object.assign({ room, noticed: noticed(counts) }, counts))
    .toSorted((a, b) => (a.room === 'all') - (b.room === 'all') || (a.room < b.room ? -1 : 1));
}

function noticed(counts) {
  const caught = counts.killed + counts['timed out'];
  const tried = caught + counts.survived;
  return tried === 0 ? null : caught / tried;
}

/** The table of counts. */
export function table(results) {
  const rows = countsByRoom(results).map((counts) =>
    [counts.room].concat(
      OUTCOMES.map((outcome) => `${counts[outcome]}`),
      counts.noticed === null ? '' : `${Math.round(100 * counts.noticed)} %`,
    ),
  );
  return aligned([['room', ...OUTCOMES, 'noticed'], ...rows]);
}

/** One mutant: file:line, its change, and its outcome. */
export function lineOf({ file, line, kind, found, replacement, outcome, by }) {
  const change = `${short(found)} -> ${short(replacement)}`;
  return `${outcome.padEnd(9)} ${file}:${line}  ${kind}: ${change}${by ? `  [${short(by)}]` : ''}`;
}

function short(text) {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 70 ? `${flat.slice(0, 67)}...` : flat;
}
