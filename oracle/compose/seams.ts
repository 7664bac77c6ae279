import type { BlobStore, Clock, Logger, Store } from "../ports.ts";

/** Where tests and fault campaigns take hold of a node; a node that runs leaves all of it alone. */
export interface Seams {
  /** Wall-clock time; that of the machine where not given. */
  readonly clock?: Clock;
  /** For what is said to other nodes. */
  readonly fetch?: typeof fetch;
  readonly log?: Logger;
  /** Around the store, below everything that uses it. */
  readonly store?: (store: Store) => Store;
  readonly blobs?: (blobs: BlobStore) => BlobStore;
}
