import fc from 'fast-check';

// Property tests use the same inputs in every run, so that failures repeat. Set POLYSEM_TEST_SEED for other inputs.
fc.configureGlobal({ seed: Number(process.env.POLYSEM_TEST_SEED ?? 2210_01892) });
