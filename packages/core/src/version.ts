/** The version of polysem that results carry inside. */
export const version = '0.1.0';
