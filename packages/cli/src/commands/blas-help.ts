/** Help text of `--blas`. */
export const BLAS_HELP: string =
  'library for large products: off (same bytes for any number of threads), auto for the BLAS that the system finds (else off), or the path of a library. The result names it; needs the package koffi';
