/** Parameters that name input files, each with the parameter that holds the SHA-256 of its file. */
export const FILE_PARAMETERS = { file: 'sha256', fileB: 'sha256B' } as const;
