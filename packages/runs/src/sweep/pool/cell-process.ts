import module from 'node:module';

// Keeps compiled code in the folder for temporary files, where Node can (22.8 and later).
const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

await import('./compute-cells.ts');
