import type { Hex } from "viem";
import { z } from "zod";
import { canonicalHash, canonicalJson } from "../canonical.ts";
import { InputError } from "../errors.ts";
import type { Keccak } from "../keccak.ts";
import { addressSchema, basisPointsSchema, bytes32Schema } from "../schema.ts";
import { lowest, ticket, uniform, type DrawSeed } from "./draw.ts";
import { pseudonymSchema } from "./events.ts";

/** Most entries of a roster. */
export const MAX_ROSTER = 100_000;

const rosterEntrySchema = z.strictObject({
  participant: pseudonymSchema,
  provider: pseudonymSchema,
  /** Whether the participant, not only the provider, signed the entry. Who checks the signature says so. */
  signed: z.boolean(),
  /** Group that is sampled in proportion, such as a case-mix stratum. */
  stratum: pseudonymSchema,
});

export type RosterEntry = z.output<typeof rosterEntrySchema>;

/**
 * What is drawn. `share` is in basis points of a provider's signed entries, rounded up; `count` is a number per provider. Where a
 * provider has no more entries than `minimum`, all of them are asked.
 */
export const sampleRequestSchema = z.strictObject({
  format: z.literal("guerdon/sample/1"),
  seed: bytes32Schema,
  pool: addressSchema,
  round: z.int().min(0).max(519),
  size: z.union([
    z.strictObject({ share: basisPointsSchema }),
    z.strictObject({ count: z.int().min(0).max(MAX_ROSTER) }),
  ]),
  minimum: z.int().min(0).max(MAX_ROSTER),
  roster: z.array(rosterEntrySchema).max(MAX_ROSTER),
});

export type SampleRequest = z.output<typeof sampleRequestSchema>;

/** What became of one provider's entries. */
export interface ProviderSample {
  readonly provider: string;
  /** Signed entries, of which `asked` were drawn: each had the same chance, asked / eligible. */
  readonly eligible: number;
  readonly asked: number;
  /** Entries that only the provider vouched for: never drawn. */
  readonly unsigned: number;
}

export interface Sample {
  readonly rosterHash: Hex;
  /** In ascending order of provider, then participant. */
  readonly drawn: readonly { readonly provider: string; readonly participant: string }[];
  readonly providers: readonly ProviderSample[];
}

/** Hash of a roster, whatever its order. It has to be published before the seed's block. */
export function rosterHash(roster: readonly RosterEntry[]): Hex {
  return canonicalHash([...roster].sort(byEntry));
}

/**
 * Draws whom to ask. Within a provider every signed entry has the same chance, without replacement, and each stratum gets its share of
 * the provider's number but for less than one, which chance decides (systematic sampling of the fractions, Madow 1949). The same for
 * any order of the roster.
 * @throws InputError where an entry stands twice, or the request is not of its form
 */
export function sampleParticipants(request: SampleRequest, keccak?: Keccak): Sample {
  const parsed = sampleRequestSchema.safeParse(request);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(issue?.message ?? "not a sample request", { field: issue?.path.join(".") ?? "" });
  }
  const { roster, size, minimum, ...seed } = parsed.data;
  checkOnce(roster);
  const groups = [...groupBy(roster, ({ provider }) => provider)].sort(([a], [b]) => order(a, b));
  const drawn: { provider: string; participant: string }[] = [];
  const providers = groups.map(([provider, entries]): ProviderSample => {
    const signed = entries.filter((entry) => entry.signed);
    const wanted = "share" in size ? Math.ceil((signed.length * size.share) / 10_000) : size.count;
    const asked = Math.min(signed.length, Math.max(wanted, minimum));
    const chosen = drawProvider(seed, provider, signed, asked, keccak).map(({ participant }) => participant);
    drawn.push(...chosen.sort(order).map((participant) => ({ provider, participant })));
    return { provider, eligible: signed.length, asked, unsigned: entries.length - signed.length };
  });
  return { rosterHash: rosterHash(roster), drawn, providers };
}

/** What differs between a sample that is claimed and the one that the request leads to, or `null`. */
export function sampleProblem(request: SampleRequest, claimed: Sample, keccak?: Keccak): string | null {
  const own = sampleParticipants(request, keccak);
  if (own.rosterHash !== claimed.rosterHash) return `the roster has hash ${own.rosterHash}, not ${claimed.rosterHash}`;
  const name = (one: Sample["drawn"][number]): string => canonicalJson([one.provider, one.participant]);
  const [ours, theirs] = [new Set(own.drawn.map(name)), new Set(claimed.drawn.map(name))];
  const missing = own.drawn.find((one) => !theirs.has(name(one)));
  if (missing !== undefined) return `${missing.participant} of ${missing.provider} was drawn and is missing`;
  const extra = claimed.drawn.find((one) => !ours.has(name(one)));
  if (extra !== undefined) return `${extra.participant} of ${extra.provider} was not drawn`;
  return canonicalJson(own) === canonicalJson(claimed) ? null : "the numbers per provider, or the order, differ";
}

function drawProvider(
  seed: DrawSeed,
  provider: string,
  entries: readonly RosterEntry[],
  asked: number,
  keccak?: Keccak,
): RosterEntry[] {
  const strata = groupBy(entries, ({ stratum }) => stratum);
  const numbers = allocate(seed, provider, strata, asked, keccak);
  return [...strata].flatMap(([stratum, members]) =>
    lowest(seed, "ask", members, numbers.get(stratum)!, ({ participant }) => [provider, participant], keccak),
  );
}

/**
 * How many of each stratum. Exactly proportional would be asked · size / all; the whole part is given, and the fractions, laid end to
 * end in drawn order, get one more wherever a grid of step 1 with a drawn start hits them. So the chance of one more is the fraction.
 */
function allocate(
  seed: DrawSeed,
  provider: string,
  strata: ReadonlyMap<string, readonly RosterEntry[]>,
  asked: number,
  keccak?: Keccak,
): Map<string, number> {
  const all = [...strata.values()].reduce((sum, members) => sum + members.length, 0);
  const names = lowest(seed, "strata", [...strata.keys()], strata.size, (stratum) => [provider, stratum], keccak);
  const numbers = new Map<string, number>();
  let next = all === 0 ? 0 : uniform(seed, "start", [provider], all, keccak);
  let laid = 0;
  // Everything in units of 1 / all, so that nothing is rounded.
  for (const stratum of names) {
    const exact = asked * strata.get(stratum)!.length;
    laid += exact % all;
    const hit = next < laid;
    if (hit) next += all;
    numbers.set(stratum, Math.floor(exact / all) + (hit ? 1 : 0));
  }
  return numbers;
}

/** What a slice is for: `reinterview`: a person asks again. `audit`: a person labels what judges judged. */
export type SlicePurpose = "reinterview" | "audit";

/** Bounds of the share that people interview again, basis points. */
export const REINTERVIEW_SHARE = { min: 500, max: 1000 } as const;

/**
 * Draws a slice for people to look at: a share of some ids in basis points, rounded up, each with the same chance. The seed should be
 * of a later block than the sample's, or else those who work on them know beforehand which will be looked at.
 * @returns ids in ascending order
 * @throws InputError where the share is out of bounds, or an id stands twice
 */
export function drawSlice(
  purpose: SlicePurpose,
  seed: DrawSeed,
  ids: readonly string[],
  share: number,
  keccak?: Keccak,
): string[] {
  const { min, max } = purpose === "reinterview" ? REINTERVIEW_SHARE : { min: 0, max: 10_000 };
  if (!Number.isInteger(share) || share < min || share > max) {
    throw new InputError("out of range", {
      field: "share",
      value: String(share),
      limit: `${min} to ${max} basis points`,
    });
  }
  const twice = ids.length - new Set(ids).size;
  if (twice > 0) throw new InputError("ids stand twice", { field: "ids", value: String(twice), limit: "each once" });
  return lowest(seed, purpose, ids, Math.ceil((ids.length * share) / 10_000), (id) => [id], keccak).sort(order);
}

/** From which block the seed comes. Part of what is fixed beforehand. */
export const samplingRuleSchema = z.strictObject({
  format: z.literal("guerdon/sampling-rule/1"),
  /** The first block at least so many after the one in which the roster was closed. */
  blocksAfterClosing: z.int().min(1).max(10_000),
});

export type SamplingRule = z.output<typeof samplingRuleSchema>;

/** Number of the block whose hash is the seed: every chain has one of that number, so the first that is late enough is exactly it. */
export function samplingBlock({ blocksAfterClosing }: SamplingRule, closingBlock: bigint): bigint {
  return closingBlock + BigInt(blocksAfterClosing);
}

/** Ticket of one entry, for whoever wants to see why it was drawn or not: the lowest of a stratum are drawn. */
export function ticketOf(
  seed: DrawSeed,
  { provider, participant }: Pick<RosterEntry, "provider" | "participant">,
): Hex {
  return ticket(seed, "ask", [provider, participant]);
}

function checkOnce(roster: readonly RosterEntry[]): void {
  const seen = new Set<string>();
  for (const { provider, participant } of roster) {
    const name = canonicalJson([provider, participant]);
    if (seen.has(name))
      throw new InputError("stands twice", { field: "roster", value: participant, limit: "once per provider" });
    seen.add(name);
  }
}

function groupBy<T>(things: readonly T[], key: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(key(thing));
    if (group === undefined) groups.set(key(thing), [thing]);
    else group.push(thing);
  }
  return groups;
}

function byEntry(a: RosterEntry, b: RosterEntry): number {
  return (
    order(a.provider, b.provider) || order(a.participant, b.participant) || order(canonicalJson(a), canonicalJson(b))
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
