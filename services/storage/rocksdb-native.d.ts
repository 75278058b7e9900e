// What we use of the package, which brings no types.
declare module "rocksdb-native" {
  class RocksDB {
    /** Opens nothing yet: `ready` does. */
    constructor(folder: string, options: RocksDB.Options);
    ready(): Promise<void>;
    /** Waits for what is under way. Afterwards it cannot be opened again. */
    close(): Promise<void>;
    /** @throws Error when it is being closed, as `write` */
    read(): RocksDB.ReadBatch;
    write(options: { readonly capacity: number }): RocksDB.WriteBatch;
    iterator(
      range: Record<never, never>,
      options: { readonly capacity: number },
    ): AsyncIterable<{ readonly key: Buffer; readonly value: Buffer }>;
    /** What RocksDB says under a name of its own. */
    getProperty(name: string): Promise<string>;
    /** The log of the last write; its path begins with a slash, and is within the folder. */
    currentWalFile(): Promise<{ readonly path: string; readonly number: number }>;
  }

  namespace RocksDB {
    interface Options {
      readonly writeBufferSize: number;
      readonly maxWriteBufferNumber: number;
      readonly tableBlockSize: number;
      readonly filterPolicy: BloomFilterPolicy;
      readonly maxBackgroundJobs: number;
    }
    class BloomFilterPolicy {
      constructor(bitsPerKey: number);
    }
    interface ReadBatch {
      /** Resolves after `flush`. */
      get(key: string): Promise<Buffer | null>;
      /** Rejects when one of its keys could not be read; so does the promise of that. */
      flush(): Promise<void>;
      /** Gives it back. Not while it is under way. */
      destroy(): void;
    }
    interface WriteBatch {
      tryPut(key: string, value: string): void;
      /** All or nothing. What went wrong is the error's cause. */
      flush(): Promise<void>;
      destroy(): void;
    }
  }

  export = RocksDB;
}
