import fc from 'fast-check';

// Property tests use the same inputs in every run, so that failures repeat. Set POLYSEM_TEST_SEED for other inputs. A list whose
// largest length is given gets that long: by default fast-check stays near ten elements.
fc.configureGlobal({
  seed: Number(process.env.POLYSEM_TEST_SEED ?? 2210_01892),
  defaultSizeToMaxWhenMaxSpecified: true,
});
