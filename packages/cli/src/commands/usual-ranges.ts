/** Default ranges of axes. */
export const USUAL_RANGES = { importance: '0.01:100:64', density: '1:0.001:64' } as const;
