import { randomUUID } from "node:crypto";
import type { Hex } from "viem";
import { canonicalJson } from "../../domain/canonical.ts";
import {
  rosterHash,
  sampleParticipants,
  samplingBlock,
  type RosterEntry,
  type Sample,
  type SampleRequest,
} from "../../domain/interview/sampling.ts";
import type { RoundId } from "../../ports.ts";
import {
  endedKey,
  interviewBlobKey,
  readRoster,
  readSample,
  rosterKey,
  sampleKey,
  type RosterRow,
  type SampleRow,
} from "../../store/interviews.ts";
import type { Box } from "./box.ts";
import type { InterviewerParts } from "./parts.ts";
import { InterviewRefusal } from "./refusal.ts";
import type { AskedRound } from "./rounds.ts";

/**
 * Blocks between the one in which a roster came in and the one whose hash decides who is asked: more than a chain is reorganised by, or
 * than endpoints lag behind, so that nobody can know the hash when the roster is made.
 */
export const BLOCKS_AFTER_CLOSING = 32;

/** Rounds whose drawn participants are kept at hand. */
const KEPT = 8;

/** How many are drawn of each provider. */
export type SampleSize = Pick<SampleRequest, "size" | "minimum">;

type Drawn = Sample["drawn"];

/** A roster or a sample, and whether it was not there before. */
export interface Made<Row> {
  readonly row: Row;
  readonly created: boolean;
}

export interface Rosters {
  /** @throws InterviewRefusal `invalid`, `other-roster`, `interviews-ended` */
  close(round: AskedRound, entries: readonly RosterEntry[]): Promise<Made<RosterRow>>;
  /** @throws InterviewRefusal `no-roster` */
  roster(id: RoundId): Promise<RosterRow>;
  entries(id: RoundId, row: RosterRow): Promise<RosterEntry[]>;
  /** @throws InterviewRefusal `no-roster`, `seed-not-final`, `other-sample` */
  draw(id: RoundId, size: SampleSize): Promise<Made<SampleRow>>;
  /** @throws InterviewRefusal `no-sample` */
  sample(id: RoundId): Promise<SampleRow>;
  drawn(id: RoundId, row: SampleRow): Promise<Drawn>;
  /** Somebody's entry on the roster, if they were drawn; else `null`. @throws InterviewRefusal `no-sample` */
  drawnEntry(id: RoundId, provider: string, participant: string): Promise<RosterEntry | null>;
}

/** Number of the block whose hash is the seed. */
export function seedBlock({ blocksAfterClosing, closingBlock }: RosterRow): bigint {
  return samplingBlock({ format: "guerdon/sampling-rule/1", blocksAfterClosing }, BigInt(closingBlock));
}

/** Keeps rosters, and draws from them whom to ask. Each is made once; the same again changes nothing. */
export function createRosters(
  parts: Pick<InterviewerParts, "store" | "blobs" | "chain" | "keccak">,
  box: Box,
): Rosters {
  const { store, blobs, chain, keccak } = parts;
  const sets = new Map<string, ReadonlyMap<string, RosterEntry>>();

  /** Keeps a row once, with a blob that it names. @returns whether it was written */
  async function keep(id: RoundId, key: string, row: RosterRow | SampleRow, content: unknown): Promise<boolean> {
    await blobs.put(interviewBlobKey(id, row.blob), box.seal(content, id, row.blob));
    const expect = { [key]: null, [endedKey(id)]: null };
    const { ok } = await store.commit({ expect, put: { [key]: JSON.stringify(row) } });
    if (!ok) await blobs.remove(interviewBlobKey(id, row.blob));
    return ok;
  }

  async function open<Content>(id: RoundId, blob: string): Promise<Content> {
    const sealed = await blobs.get(interviewBlobKey(id, blob));
    if (sealed === null) throw new Error("a blob of a round's interviews is missing");
    return box.unseal(sealed, id, blob) as Content;
  }

  async function roster(id: RoundId): Promise<RosterRow> {
    const row = await readRoster(store, id);
    if (row !== null) return row;
    throw new InterviewRefusal("no-roster", { field: "round", value: String(id.round), limit: "a roster" });
  }

  async function sample(id: RoundId): Promise<SampleRow> {
    const row = await readSample(store, id);
    if (row !== null) return row;
    throw new InterviewRefusal("no-sample", { field: "round", value: String(id.round), limit: "a sample" });
  }

  async function seedOf(row: RosterRow): Promise<Hex> {
    const number = seedBlock(row);
    const final = await chain.finalized();
    if (final.number >= number) return (await chain.blockByNumber(number)).hash;
    const limit = `block ${number}, final`;
    throw new InterviewRefusal("seed-not-final", { field: "block", value: String(final.number), limit });
  }

  const rosters: Rosters = {
    async close({ id, providers }, entries) {
      checkEntries(entries, providers);
      const hash = rosterHash(entries);
      const before = await readRoster(store, id);
      if (before !== null) return { row: sameRoster(before, hash), created: false };
      // Only now: what comes after this block is not known to whoever made the roster.
      const { number } = await chain.latest();
      const fixed = { blocksAfterClosing: BLOCKS_AFTER_CLOSING, blob: randomUUID() };
      const row = { rosterHash: hash, count: entries.length, closingBlock: String(number), ...fixed };
      if (await keep(id, rosterKey(id), row, entries)) return { row, created: true };
      const other = await readRoster(store, id);
      if (other === null) throw ended(id);
      return { row: sameRoster(other, hash), created: false };
    },
    roster,
    entries: (id, { blob }) => open(id, blob),
    async draw(id, size) {
      const row = await roster(id);
      const before = await readSample(store, id);
      if (before !== null) return { row: sameSample(before, size), created: false };
      const seed = await seedOf(row);
      const entries = await open<RosterEntry[]>(id, row.blob);
      const of = { seed, pool: id.pool, round: id.round };
      const request: SampleRequest = { format: "guerdon/sample/1", ...of, ...size, roster: entries };
      const { rosterHash: from, drawn, providers } = sampleParticipants(request, keccak);
      const made = { rosterHash: from, seed, ...size, providers: [...providers], blob: randomUUID() };
      if (await keep(id, sampleKey(id), made, drawn)) return { row: made, created: true };
      const other = await readSample(store, id);
      if (other === null) throw ended(id);
      return { row: sameSample(other, size), created: false };
    },
    sample,
    drawn: (id, { blob }) => open(id, blob),
    async drawnEntry(id, provider, participant) {
      const { blob } = await sample(id);
      const known = sets.get(blob) ?? (await drawnEntries(id, blob));
      const [oldest] = sets.keys();
      if (!sets.has(blob) && sets.size >= KEPT && oldest !== undefined) sets.delete(oldest);
      sets.set(blob, known);
      return known.get(nameOf({ provider, participant })) ?? null;
    },
  };
  return rosters;

  async function drawnEntries(id: RoundId, blob: string): Promise<Map<string, RosterEntry>> {
    const drawn = new Set((await open<Drawn>(id, blob)).map(nameOf));
    const entries = await open<RosterEntry[]>(id, (await roster(id)).blob);
    return new Map(entries.map((entry) => [nameOf(entry), entry] as const).filter(([name]) => drawn.has(name)));
  }
}

function nameOf({ provider, participant }: Drawn[number]): string {
  return canonicalJson([provider, participant]);
}

/** @throws InterviewRefusal `invalid` for a provider that the pool lacks, or somebody who is there twice */
function checkEntries(entries: readonly RosterEntry[], providers: ReadonlySet<string>): void {
  const seen = new Set<string>();
  entries.forEach((entry, place) => {
    if (!providers.has(entry.provider)) {
      const field = `body.entries.${place}.provider`;
      throw new InterviewRefusal("invalid", {
        field,
        value: entry.provider,
        limit: "the id of a provider of the pool",
      });
    }
    const name = nameOf(entry);
    if (seen.has(name)) {
      const field = `body.entries.${place}.participant`;
      throw new InterviewRefusal("invalid", { field, value: entry.participant, limit: "once per provider" });
    }
    seen.add(name);
  });
}

function sameRoster(row: RosterRow, hash: Hex): RosterRow {
  if (row.rosterHash === hash) return row;
  throw new InterviewRefusal("other-roster", { field: "body.entries", value: hash, limit: row.rosterHash });
}

function sameSample(row: SampleRow, { size, minimum }: SampleSize): SampleRow {
  const [found, kept] = [
    { size, minimum },
    { size: row.size, minimum: row.minimum },
  ].map(canonicalJson);
  if (found === kept) return row;
  throw new InterviewRefusal("other-sample", { field: "body", value: found!, limit: kept! });
}

function ended({ round }: RoundId): InterviewRefusal {
  return new InterviewRefusal("interviews-ended", { field: "round", value: String(round), limit: "a round under way" });
}
