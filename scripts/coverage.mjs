// Line and branch coverage: runs the tests of packages on their sources and counts the lines and branches that ran.
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { fileCounts, isIn, percent, roomCounts } from './coverage/counts.mjs';
import { lineOf, table } from './coverage/report.mjs';
import { runTests } from './coverage/run-tests.mjs';

/** Least share of the lines of core in percent. */
const LEAST = 95;

const HELP = `npm run coverage -- [options]

Runs the tests of core and numerics, and prints the share of lines and branches that they reach, per folder and package. Ends
with status 1 if tests fail or reach less than ${LEAST} % of the lines of core.

  --room <name>    this package or folder of a package, for example io or core/theory; runs the tests of that package only,
                   may be repeated (default: core and numerics)
  --list           print uncovered lines and branches of each file too
  --json           print the results as JSON

Tests read the sources, so lines of numerics that tests of core reach count too. Code that runs in a worker or in another
process does not count: most tests of the command line start processes.`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

async function main() {
  const flags = parsedFlags();
  if (flags.help) return console.log(HELP);
  const packages = new Set(flags.room.map((room) => room.split('/')[0]));
  const unknown = [...packages].find((name) => !readdirSync(`${root}/packages`).includes(name));
  if (unknown !== undefined) return refuse(`--room: no package ${unknown} in packages`);
  const report = await runTests(root, [...packages]);
  if (report === null) return fail('coverage: tests failed, so nothing was counted');
  const files = fileCounts(report, root).filter(({ file }) => isIn(file, flags.room));
  if (files.length === 0) return refuse(`--room: no sources in ${flags.room.join(', ')}`);
  const rooms = roomCounts(files, flags.room);
  if (flags.json) console.log(JSON.stringify({ rooms, files }));
  else print(rooms, files, flags.list);
  const core = flags.room.includes('core') && rooms.find(({ room }) => room === 'core');
  if (core && percent(core.lines) < LEAST)
    fail(`coverage: ${percent(core.lines).toFixed(2)} % of the lines of core, below ${LEAST} %`);
}

function parsedFlags() {
  try {
    return parseArgs({
      options: {
        room: { type: 'string', multiple: true, default: ['core', 'numerics'] },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    refuse(error.message);
    return process.exit();
  }
}

function print(rooms, files, withLines) {
  if (withLines)
    for (const counts of files) {
      const line = lineOf(counts);
      if (line !== null) console.log(line);
    }
  console.log(table(rooms));
}

function refuse(message) {
  console.error(message);
  process.exitCode = 2;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

await main();
