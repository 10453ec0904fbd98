/** What a network is fed: pictures, or what its frozen prefix made of them (one array per boundary node). */
export type NetworkInput = Pictures | { readonly features: readonly Features[] };

/** [batch, size, size, 3]: decoded bytes, or float32 that is normalized already. */
export interface Pictures {
  readonly pixels: Uint8Array | Float32Array;
  readonly size: number;
}

/** Activations of a number of pictures: `values` has the shape [pictures, ...shape] in the engine's layout. */
export interface Features {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
