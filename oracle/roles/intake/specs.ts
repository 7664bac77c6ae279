import { bytesToHex, type Hex } from "viem";
import { canonicalJson } from "../../domain/canonical.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Keccak } from "../../domain/keccak.ts";
import { outcomeSpecSchema } from "../../domain/spec.ts";
import { StoreUnavailable, type BlobStore, type Store } from "../../ports.ts";
import { MAX_INLINE_SPEC, readBrought, specKey, specsByKey } from "../../store/specs.ts";
import { MAX_SPEC_BYTES, type IntakeLimits } from "./limits.ts";

const ATTEMPTS = 20;

export interface SpecParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly keccak: Keccak;
  readonly limits: IntakeLimits;
}

/**
 * Keeps an outcome spec under its hash. Only its canonical bytes have that hash, so nothing else can stand there.
 * @returns whether it was not there before
 * @throws IntakeRefusal `too-large`, `spec-hash`, `spec-form`, `spec-limit`
 */
export async function putSpec(parts: SpecParts, hash: Hex, bytes: Uint8Array, account: string): Promise<boolean> {
  checkSpec(parts, hash, bytes);
  if ((await parts.store.get(specKey(hash))) !== null) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const brought = await readBrought(parts.store, account);
    checkCount(parts.limits, brought.hashes.length);
    if (bytes.length > MAX_INLINE_SPEC) await parts.blobs.put(specKey(hash), bytes);
    const { ok } = await parts.store.commit({
      expect: { [specKey(hash)]: null, [specsByKey(account)]: brought.text },
      put: {
        [specKey(hash)]: bytes.length > MAX_INLINE_SPEC ? "" : text,
        [specsByKey(account)]: JSON.stringify([...brought.hashes, hash]),
      },
    });
    if (ok) return true;
    if ((await parts.store.get(specKey(hash))) !== null) return false;
  }
  throw new StoreUnavailable(`the account's specs changed ${ATTEMPTS} times meanwhile`);
}

function checkSpec({ keccak }: SpecParts, hash: Hex, bytes: Uint8Array): void {
  if (bytes.length > MAX_SPEC_BYTES) {
    const limit = `at most ${MAX_SPEC_BYTES} bytes`;
    throw new IntakeRefusal("too-large", { field: "body", value: `${bytes.length} bytes`, limit });
  }
  const found = bytesToHex(keccak(bytes));
  if (found !== hash) throw new IntakeRefusal("spec-hash", { field: "hash", value: found, limit: hash });
  const fault = formFault(bytes);
  if (fault !== null) throw new IntakeRefusal("spec-form", fault);
}

function formFault(bytes: Uint8Array): { field: string; value?: string; limit: string } | null {
  const limit = "an outcome spec of format guerdon/spec/1 in canonical JSON (RFC 8785), without a line break";
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const parsed = outcomeSpecSchema.safeParse(JSON.parse(text));
    const issue = parsed.error?.issues[0];
    if (issue !== undefined) return { field: ["body", ...issue.path].join("."), value: issue.message, limit };
    return canonicalJson(parsed.data) === text ? null : { field: "body", limit };
  } catch {
    return { field: "body", limit };
  }
}

function checkCount({ specsPerAccount }: IntakeLimits, brought: number): void {
  if (brought < specsPerAccount) return;
  const limit = `at most ${specsPerAccount} of one account`;
  throw new IntakeRefusal("spec-limit", { field: "hash", value: `${brought + 1} specs`, limit });
}
