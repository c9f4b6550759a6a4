#!/usr/bin/env node
import module from 'node:module';

// Keeps compiled code in the folder for temporary files, where Node can (22.8 and later).
module.enableCompileCache?.();

const { main } = await import('../dist/cli.js');

process.exitCode = await main(process.argv.slice(2));
