/** A page of the site: its Markdown file, its address without ending, and its name in the menu. */
export interface SitePage {
  readonly file: string;
  readonly url: string;
  readonly title: string;
}
export const GROUPS: readonly { readonly title: string; readonly pages: readonly SitePage[] }[];
export const PAGES: readonly SitePage[];
