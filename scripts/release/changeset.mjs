// npm run changeset [-- ARGUMENT ..]: runs changesets; without arguments it asks for the text of a change.
import process from 'node:process';
import { root } from '../package/places.mjs';
import { runTool } from './tools.mjs';

process.exitCode = runTool('changeset', process.argv.slice(2), root) ?? 1;
