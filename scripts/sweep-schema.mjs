// Writes docs/sweep.schema.json, the published JSON Schema of sweeps, and the tables of docs/sweeps.md, from the code that checks
// and computes sweeps. Build first. Tests compare both with the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { listComputations, sweepJsonSchema } from '@polysem/runs/sweep';

const SCHEMA = new URL('../docs/sweep.schema.json', import.meta.url);
const PAGE = new URL('../docs/sweeps.md', import.meta.url);
const BEGIN = '<!-- tables: written by scripts/sweep-schema.mjs -->';
const END = '<!-- end of tables -->';

/** Text in a cell of a Markdown table. */
const cell = (text) => text.replaceAll('|', '\\|');

function tablesOf({ name, description, parameters, measurements }) {
  return [
    `### ${name}`,
    '',
    description,
    '',
    ...parameters.map((one) => `- \`${one.name}\`: ${one.description}`),
    '',
    '| measurement | type | description |',
    '| --- | --- | --- |',
    ...measurements.map((one) => {
      const column = `\`${one.name}\`${one.isUsual ? ' \\*' : ''}`;
      return `| ${column} | ${one.type} | ${cell(one.description)} |`;
    }),
    '',
  ];
}

/** Parameters and measurements of every computation as Markdown. */
export function sweepTables() {
  return listComputations().flatMap(tablesOf).join('\n').trim();
}

/** Part of the page between the markers. */
export function sweepTablesOnPage() {
  const page = readFileSync(PAGE, 'utf8');
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(SCHEMA, `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`);
  const page = readFileSync(PAGE, 'utf8');
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(PAGE, `${before}\n\n${sweepTables()}\n\n${page.slice(page.indexOf(END))}`);
}
