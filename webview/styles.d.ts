/** A style sheet that a page imports is bundled beside its script. */
declare module '*.css';
