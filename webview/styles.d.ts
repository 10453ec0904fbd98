/** A style sheet: bundled beside the script of a page that imports it; its text in a renderer, which is one file. */
declare module '*.css' {
  const text: string;
  export { text as default };
}
