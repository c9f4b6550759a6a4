import type { MatrixLibrary, Vectors } from '@polysem/numerics/dense';
import { EIGEN_PARAMETERS, symmetricEigenBy } from './eigen.ts';
import { loadKoffi, type ForeignFunction, type ForeignLibrary, type Koffi } from './load-koffi.ts';
import {
  cblas,
  configurationOf,
  found,
  lapack,
  spellingOf,
  textOf,
  type Spelling,
} from './symbols.ts';

/** Values of CBLAS's enumerations. */
const ROW_MAJOR = 101;
const PLAIN = 111;
const TRANSPOSED = 112;
const LOWER = 122;

/** A library of BLAS, and the number of threads that it uses within one call. */
export interface Blas extends MatrixLibrary {
  /** Path or name that it was loaded by. */
  readonly path: string;
}

/**
 * Opens a library with CBLAS.
 *
 * @param path path of the library, or a name that the system finds.
 * @param threads threads of the caller. Half of them compute an eigendecomposition; products use one, as every worker
 *   computes its own.
 * @returns the library.
 * @throws Error if koffi is not installed, or the library cannot be loaded or has no matrix products for C.
 */
export function openBlas(path: string, threads: number): Blas {
  const koffi = loadKoffi();
  if (koffi === null) {
    throw new Error('calling BLAS requires the package koffi; install it: npm install koffi');
  }
  const library = loaded(koffi, path);
  const spelling = spellingOf(library);
  if (spelling === null) throw new Error(`${path}: has no function cblas_sgemm`);
  const setThreads = threadSetter(library, spelling);
  setThreads(1);
  const dsyevd = lapack(library, spelling, 'dsyevd', EIGEN_PARAMETERS);
  const eigen = dsyevd && symmetricEigenBy(dsyevd, spelling);
  return {
    path,
    name: nameOf(library, spelling, path),
    ...productsOf(library, spelling),
    symmetricEigen:
      eigen &&
      ((matrix, n) => {
        // Threads of OpenBLAS wait by spinning: on two processors, one thread is faster than two.
        setThreads(Math.max(1, Math.floor(threads / 2)));
        try {
          return eigen(matrix, n);
        } finally {
          setThreads(1);
        }
      }),
  };
}

function loaded(koffi: Koffi, path: string): ForeignLibrary {
  try {
    return koffi.load(path);
  } catch (error) {
    throw new Error(`${path}: cannot be loaded; give the path of a library with BLAS`, {
      cause: error,
    });
  }
}

function productsOf(
  library: ForeignLibrary,
  spelling: Spelling,
): Pick<MatrixLibrary, 'multiplyRows' | 'multiplyColumns' | 'squareColumns'> {
  /** The version for float32 or float64 of a routine; `F` in its parameters is the type of numbers. */
  const typed = (
    name: string,
    parameters: string,
  ): ((block: { readonly data: Vectors }) => ForeignFunction) => {
    const [single, double] = (['float', 'double'] as const).map((type) => {
      const full = `${type[0] === 'f' ? 's' : 'd'}${name}`;
      const made = cblas(library, spelling, full, parameters.replaceAll(/\bF\b/g, type));
      if (made === null) throw new Error(`the library has no function cblas_${full}`);
      return made;
    });
    return ({ data }) => (data instanceof Float32Array ? single : double);
  };
  const gemm = typed(
    'gemm',
    'int order, int transposeA, int transposeB, N m, N n, N k, F alpha, void *a, N lda, void *b, N ldb, F beta, void *c, N ldc',
  );
  const syrk = typed(
    'syrk',
    'int order, int triangle, int transpose, N n, N k, F alpha, void *a, N lda, F beta, void *c, N ldc',
  );
  return {
    multiplyRows: (a, b, c, { m, n, k }) => {
      const { data, stride } = a;
      gemm(c)(
        ROW_MAJOR,
        PLAIN,
        TRANSPOSED,
        m,
        n,
        k,
        1,
        data,
        stride,
        b.data,
        b.stride,
        0,
        c.data,
        c.stride,
      );
    },
    multiplyColumns: (a, b, c, { m, n, k, isAdded }) => {
      const { data, stride } = a;
      const beta = isAdded ? 1 : 0;
      gemm(c)(
        ROW_MAJOR,
        TRANSPOSED,
        PLAIN,
        m,
        n,
        k,
        1,
        data,
        stride,
        b.data,
        b.stride,
        beta,
        c.data,
        c.stride,
      );
    },
    squareColumns: ({ data, stride }, c, { n, k, isAdded }) => {
      syrk(c)(
        ROW_MAJOR,
        LOWER,
        TRANSPOSED,
        n,
        k,
        1,
        data,
        stride,
        isAdded ? 1 : 0,
        c.data,
        c.stride,
      );
    },
  };
}

/** Sets the number of threads, where the library has a function for it. */
function threadSetter(
  library: ForeignLibrary,
  { prefix, suffix }: Spelling,
): (threads: number) => void {
  const set =
    found(library, `void ${prefix}openblas_set_num_threads${suffix}(int threads)`) ??
    found(library, 'void MKL_Set_Num_Threads(int threads)') ??
    found(library, 'void bli_thread_set_num_threads(int64_t threads)');
  return (threads) => void set?.(threads);
}

/** Name, version and processor as OpenBLAS reports them; otherwise the name of the file. */
function nameOf(library: ForeignLibrary, spelling: Spelling, path: string): string {
  const version = configurationOf(library, spelling)?.match(/OpenBLAS [\d.]*\d/)?.[0];
  const core = textOf(library, spelling, 'get_corename');
  if (version === undefined) return `BLAS ${path}`;
  return core === undefined ? version : `${version} ${core}`;
}
