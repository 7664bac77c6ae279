import type { Hex } from "viem";
import { InputError } from "../errors.ts";
import { fractionBySeed, orderBySeed } from "./audit-slice.ts";

/** One who is said to have been served. Addresses in lower case; hashes are opaque. */
export interface RosterEntry {
  readonly id: string;
  readonly provider: string;
  readonly account: Hex;
  /** Who signed the entry as participant, recovered from the signature; `null` where there is none that holds. */
  readonly signer: Hex | null;
  /** When the intake received it, seconds. */
  readonly enteredAt: number;
  readonly contactHash: string | null;
  readonly paymentAccount: Hex | null;
  /** How many others than the provider know this participant: earlier pools, attestations, other providers. */
  readonly otherRelations: number;
}

/** `from` paid `to` its first funds, as far as the chain shows. */
export interface Funding {
  readonly from: Hex;
  readonly to: Hex;
}

export interface RosterFacts {
  readonly entries: readonly RosterEntry[];
  /** Accounts of each provider: those it is paid at and those known to be its own. */
  readonly providerAccounts: ReadonlyMap<string, readonly Hex[]>;
  readonly funding: readonly Funding[];
  /** When entering opened and closed, seconds. */
  readonly opened: number;
  readonly closed: number;
}

export interface RosterWeight {
  /** 0 to 1: chance to be asked, where others have 1. */
  readonly weight: number;
  /** In words, empty where the weight is 1. */
  readonly reasons: readonly string[];
}

/** Judgements of the project, not measured on real rosters; a pool may set others. */
export const ROSTER_RULES = {
  /** Last part of the time of entering that is looked at, and how many times its even share of entries makes a burst. */
  lateShare: 0.1,
  burst: 3,
  fewestForBurst: 10,
  /** An account that funds more than this many is an exchange or a faucet, and says nothing. */
  mostFunded: 50,
  late: 0.5,
  alone: 0.5,
} as const;

/**
 * What each entry of a roster weighs in the draw of whom to ask. 0: not signed by the participant; the provider's own account, or paid or funded
 * by it; a second entry of one account, contact or payment account. Shared: those that hang together by who funded them count as one. Less:
 * entered in a burst before closing, or known to nobody but the provider; half each.
 * @returns by id
 * @throws InputError where an id stands twice
 */
export function rosterWeights(facts: RosterFacts): Map<string, RosterWeight> {
  const ordered = [...facts.entries].sort((a, b) => a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1));
  if (new Set(ordered.map(({ id }) => id)).size !== ordered.length) {
    throw new InputError("an entry stands twice", { limit: "each id once" });
  }
  const repeated = repetitions(ordered);
  const bursts = burstsOf(facts);
  const faults = new Map(ordered.map((entry) => [entry.id, nullReasons(entry, facts, repeated)]));
  const families = familiesOf(
    ordered.filter(({ id }) => faults.get(id)!.length === 0),
    facts.funding,
  );
  return new Map(
    ordered.map((entry) => {
      const nothing = faults.get(entry.id)!;
      if (nothing.length > 0) return [entry.id, { weight: 0, reasons: nothing }];
      return [entry.id, lesser(entry, bursts, families.get(entry.id)!)];
    }),
  );
}

function nullReasons(
  entry: RosterEntry,
  { providerAccounts, funding }: RosterFacts,
  repeated: ReadonlyMap<string, string>,
): string[] {
  const own = new Set(providerAccounts.get(entry.provider) ?? []);
  const reasons: string[] = [];
  if (entry.signer === null) reasons.push("not signed by the participant");
  else if (entry.signer !== entry.account) reasons.push("signed by another account than the participant's");
  if (own.has(entry.account)) reasons.push("the provider's own account");
  if (entry.paymentAccount !== null && own.has(entry.paymentAccount)) reasons.push("paid at the provider's account");
  if (funding.some(({ from, to }) => to === entry.account && own.has(from))) reasons.push("funded by the provider");
  const earlier = repeated.get(entry.id);
  return earlier === undefined ? reasons : [...reasons, earlier];
}

/** Of entries of one provider with the same account, contact or payment account, those after the first, and why. */
function repetitions(ordered: readonly RosterEntry[]): Map<string, string> {
  const first = new Map<string, string>();
  const repeated = new Map<string, string>();
  for (const entry of ordered) {
    const marks: [string, string | null][] = [
      ["account", entry.account],
      ["contact", entry.contactHash],
      ["payment account", entry.paymentAccount],
    ];
    for (const [what, value] of marks) {
      if (value === null) continue;
      const key = JSON.stringify([entry.provider, what, value]);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, entry.id);
      else if (!repeated.has(entry.id)) repeated.set(entry.id, `same ${what} as ${earlier}`);
    }
  }
  return repeated;
}

/** Providers whose entries pile up just before closing, with the time from which on they do. */
function burstsOf({ entries, opened, closed }: RosterFacts): Map<string, number> {
  const { lateShare, burst, fewestForBurst } = ROSTER_RULES;
  const from = closed - (closed - opened) * lateShare;
  const counts = new Map<string, { late: number; all: number }>();
  for (const { provider, enteredAt } of entries) {
    const count = counts.get(provider) ?? { late: 0, all: 0 };
    counts.set(provider, { late: count.late + (enteredAt >= from ? 1 : 0), all: count.all + 1 });
  }
  const piled = [...counts].filter(([, { late, all }]) => late >= fewestForBurst && late >= burst * lateShare * all);
  return new Map(piled.map(([provider]) => [provider, from]));
}

/** How many entries of a provider hang together by who funded them, directly or over others, with each of them; hubs left out. */
function familiesOf(entries: readonly RosterEntry[], funding: readonly Funding[]): Map<string, number> {
  const parent = new Map<Hex, Hex>();
  const rootOf = (account: Hex): Hex => {
    let root = account;
    for (let next = parent.get(root); next !== undefined; next = parent.get(root)) root = next;
    for (let at = account; at !== root;) {
      const next = parent.get(at)!;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const { from, to } of withoutHubs(funding)) {
    const [one, other] = [rootOf(from), rootOf(to)];
    if (one !== other) parent.set(one, other);
  }
  const keyOf = ({ provider, account }: RosterEntry): string => JSON.stringify([provider, rootOf(account)]);
  const sizes = new Map<string, number>();
  for (const entry of entries) sizes.set(keyOf(entry), (sizes.get(keyOf(entry)) ?? 0) + 1);
  return new Map(entries.map((entry) => [entry.id, sizes.get(keyOf(entry))!]));
}

function withoutHubs(funding: readonly Funding[]): Funding[] {
  const funded = new Map<Hex, Set<Hex>>();
  for (const { from, to } of funding) funded.set(from, (funded.get(from) ?? new Set()).add(to));
  return funding.filter(({ from }) => funded.get(from)!.size <= ROSTER_RULES.mostFunded);
}

function lesser(entry: RosterEntry, bursts: ReadonlyMap<string, number>, family: number): RosterWeight {
  const reasons: string[] = [];
  let weight = 1 / family;
  if (family > 1) reasons.push(`hangs together by funding with ${family - 1} others`);
  if (entry.enteredAt >= (bursts.get(entry.provider) ?? Infinity)) {
    weight *= ROSTER_RULES.late;
    reasons.push("entered in a burst before closing");
  }
  if (entry.otherRelations === 0) {
    weight *= ROSTER_RULES.alone;
    reasons.push("known to nobody but the provider");
  }
  return { weight, reasons };
}

/**
 * Whom to ask: `count` entries, or fewer where the roster has not more, in the order of asking. An entry of weight w is in the draw with
 * chance w; all in the draw are alike. Nobody can foresee who it is before the seed is known, so fakes cannot be made to measure.
 * @param seed hash of a block after the roster was fixed, 32 bytes
 */
export function drawParticipants(weights: ReadonlyMap<string, RosterWeight>, seed: Hex, count: number): string[] {
  const inDraw = [...weights].filter(([id, { weight }]) => fractionBySeed(id, seed) < weight).map(([id]) => id);
  return orderBySeed(inDraw, seed).slice(0, count);
}
