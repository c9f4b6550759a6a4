// Limits of one reading.

/** Longest reading, in milliseconds. */
export const MOST_MS = 2000;
/** Memory allocated for each started kilobyte of the files, in bytes. */
const MOST_BYTES_PER_KILOBYTE = 10e6;

/** Largest memory that a reading of these files may allocate, in bytes. */
export function mostBytes(files) {
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return MOST_BYTES_PER_KILOBYTE * Math.max(1, Math.ceil(size / 1000));
}
