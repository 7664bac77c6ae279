import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zeroAddress, type Hex } from "viem";
import { contentCheck } from "../../../oracle/adapters/intake/content.ts";
import { createSandbox, type Sandbox } from "../../../oracle/adapters/intake/sandbox.ts";
import { textReader } from "../../../oracle/adapters/intake/text-reader.ts";
import { fastAccount } from "../../../oracle/adapters/signers/fast-account.ts";
import { fastKeccak } from "../../../oracle/adapters/signers/fast-keccak.ts";
import { nodeSigner } from "../../../oracle/adapters/signers/node-signer.ts";
import { openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import type { BlobStore, Job, Logger, Store } from "../../../oracle/ports.ts";
import { createIntake, type Intake } from "../../../oracle/roles/intake/intake.ts";
import type { IntakeParts, PoolInfo } from "../../../oracle/roles/intake/parts.ts";
import type { Submission } from "../../../oracle/roles/intake/submission.ts";

/** Accounts of the tests, by what they are to the pool. */
export const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
export const POOL = address("9");
export const PROVIDER = address("a");
export const MANAGER = address("b");
export const ARBITER = address("c");
export const STRANGER = address("d");
export const SUBJECT = address("e");
export const NODE = address("f");
export const CHAIN_ID = 31337;
export const ROUND = { chainId: CHAIN_ID, pool: POOL, round: 0 } as const;
export const NOW = 1_700_000_000;

export const signer = nodeSigner(fastAccount(`0x${"7".repeat(64)}`));
export const MASTER_KEY = Buffer.alloc(32, 7);

export const POOL_INFO: PoolInfo = {
  spec: { oracle: { signers: [NODE], threshold: 1, intake: signer.address } },
  terms: { rounds: 3, arbiter: ARBITER, manager: MANAGER },
  providers: [PROVIDER],
};

/** A pool whose evidence goes to another intake. */
export const OTHER_POOL = address("8");
const OTHER_INFO: PoolInfo = { ...POOL_INFO, spec: { oracle: { signers: [NODE], threshold: 1, intake: zeroAddress } } };

const silent = (): void => undefined;
export const NO_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => NO_LOG };

/** An intake on a store and blobs in a folder of its own. */
export interface IntakePlay {
  readonly folder: string;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly intake: Intake;
  /** Jobs that were queued. */
  readonly jobs: Job[];
  readonly parts: IntakeParts;
  /** Another intake on the same store and blobs. */
  again(changes?: Partial<IntakeParts>): Intake;
  /** Everything in the store and the names of all blobs, to see that nothing was stored. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

let shared: Sandbox | undefined;
/** One for all tests: it holds nothing between files. */
export const sandbox = (): Sandbox => (shared ??= createSandbox());

export async function startIntake(changes: Partial<IntakeParts> = {}): Promise<IntakePlay> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-intake-"));
  const store = changes.store ?? (await openSqliteStore(join(folder, "store.sqlite"), { eraseAfterMs: 20 }));
  const blobs = folderBlobs(join(folder, "blobs"));
  const jobs: Job[] = [];
  const parts: IntakeParts = {
    store,
    blobs,
    queue: { add: async (job) => void jobs.push(job) },
    signer,
    clock: () => NOW * 1000,
    log: NO_LOG,
    masterKey: MASTER_KEY,
    poolInfo: async ({ pool }) => (pool === POOL ? POOL_INFO : pool === OTHER_POOL ? OTHER_INFO : null),
    check: contentCheck(sandbox()),
    fetchLink: () => Promise.reject(new Error("no links here")),
    readText: textReader(sandbox()),
    keccak: fastKeccak,
    ...changes,
  };
  return {
    folder,
    store,
    blobs: parts.blobs,
    jobs,
    parts,
    intake: createIntake(parts),
    again: (more = {}) => createIntake({ ...parts, ...more }),
    dump: async () => {
      const entries = await store.list("", { limit: 10_000 });
      const names: string[] = [];
      for await (const name of parts.blobs.keys("")) names.push(name);
      return [...entries.map(({ key, value }) => `${key} ${value}`), ...names].join("\n");
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const CSV = "service,up\nweb,1\n";

/** A batch of telemetry by the provider. */
export function telemetry(changes: Partial<Submission> = {}): Submission {
  const fixed = { ...ROUND, kind: "telemetry", name: "uptime.csv", mediaType: "text/csv", source: PROVIDER } as const;
  return { ...fixed, sequence: 0, private: false, bytes: Buffer.from(CSV), ...changes };
}

/** A document by a stranger. */
export function document(changes: Partial<Submission> = {}): Submission {
  const fixed = { ...ROUND, kind: "document", name: "letter.txt", mediaType: "text/plain", source: STRANGER } as const;
  return { ...fixed, sequence: null, private: false, bytes: Buffer.from("They did well."), ...changes };
}

/** Blobs as files. */
export function folderBlobs(folder: string): BlobStore {
  const path = (key: string): string => join(folder, key);
  return {
    async put(key, bytes) {
      await mkdir(dirname(path(key)), { recursive: true });
      await writeFile(path(key), bytes);
    },
    get: (key) => readFile(path(key)).catch(() => null),
    remove: (key) => rm(path(key), { force: true }),
    async *keys(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const key = join(entry.parentPath, entry.name).slice(folder.length + 1);
        if (entry.isFile() && key.startsWith(prefix)) yield key;
      }
    },
    probe: async () => undefined,
  };
}
