import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that speaks S3, with its objects in a folder of its own. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  /** Where its objects lie. */
  readonly folder: string;
  /** Stops listening; its objects stay. */
  halt(): Promise<void>;
  /** Listens again on the same port. */
  resume(): Promise<void>;
  /** Ends it and removes its objects. */
  stop(): Promise<void>;
}

/** What `s3rver` knows as a user's keys. */
export const S3_KEYS = { region: "us-east-1", accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

/** The package has no types. */
interface S3rver {
  run(): Promise<{ address: string; port: number }>;
  close(): Promise<void>;
}
type S3rverClass = new (options: object) => S3rver;

/** Starts one on a free port of 127.0.0.1, with these buckets. */
export async function startS3(...buckets: string[]): Promise<S3Server> {
  const S3rver = createRequire(import.meta.url)("s3rver") as S3rverClass;
  const folder = await mkdtemp(join(tmpdir(), "guerdon-s3-"));
  const make = (port: number) =>
    new S3rver({
      address: "127.0.0.1",
      port,
      silent: true,
      directory: folder,
      configureBuckets: buckets.map((name) => ({ name })),
    });
  let server: S3rver | null = make(0);
  const { port } = await server.run();

  async function halt(): Promise<void> {
    await server?.close();
    server = null;
  }

  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    folder,
    halt,
    async resume() {
      server = make(port);
      await server.run();
    },
    async stop() {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
