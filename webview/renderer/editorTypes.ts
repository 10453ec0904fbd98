/** What the editor hands to a notebook's renderer: as much of it as is used here. */
export interface RendererContext {
  /** Absent where no extension listens, as in a notebook that was exported. */
  postMessage?(message: unknown): void;
  onDidReceiveMessage?(listener: (message: unknown) => void): unknown;
}

export interface OutputItem {
  readonly id: string;
  /** Throws where the data is no JSON. */
  json(): unknown;
}
