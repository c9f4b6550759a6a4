/** Links that lead nowhere, and parts of pages that are fetched from elsewhere, as `page: link`. */
export function deadLinks(folder: string): string[];
