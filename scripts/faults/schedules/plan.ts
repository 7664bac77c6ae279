import { seeded, type Random } from "../../fuzz-api/random.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { RPC_LIES, type RpcLie } from "./lies.ts";
import { NODES, ROUNDS } from "./season.ts";

/** What a schedule is mainly about; `mixed` takes faults of several. */
export const KINDS = [
  "reorg",
  "lying-rpc",
  "lagging-rpc",
  "outage",
  "partition",
  "messages",
  "clock-skew",
  "redis-kill",
  "redis-failover",
  "byzantine",
  "mixed",
] as const;
export type Kind = (typeof KINDS)[number];

/** What a node that wants harm does. `liar` is the program itself, told to lie; the rest speak the API with the node's key. */
export const HOSTILE_WAYS = [
  "liar",
  "silent",
  "two-commits",
  "two-reveals",
  "late-reveal",
  "copied-commit",
  "double-sign",
  "other-evidence",
  "malformed",
  "elsewhere",
] as const;
export type HostileWay = (typeof HOSTILE_WAYS)[number];

/** A fault, and what undoes it when its time is over. */
export type Act =
  /** So many blocks go, after as many have been mined that what happened last is among them, or just not. */
  | { readonly what: "reorg"; readonly depth: number; readonly more: number; readonly back: boolean }
  | { readonly what: "endpoint"; readonly node: number; readonly place: number; readonly how: EndpointFault }
  | { readonly what: "partition"; readonly groups: readonly (readonly number[])[] }
  | {
      readonly what: "lines";
      readonly loss: number;
      readonly lostAnswer: number;
      readonly twice: number;
      readonly delayMs: number;
    }
  /** All messages of the schedule so far are sent to all nodes again, as they were and as of another round. */
  | { readonly what: "replay" }
  | { readonly what: "skew"; readonly node: number; readonly ms: number }
  | { readonly what: "redis-kill" | "redis-failover" };

export type EndpointFault =
  { readonly lag: number } | { readonly delayMs: number } | { readonly down: true } | { readonly lie: RpcLie };

/** When faults begin: when the nodes are up; when evidence is closed; when the chain has the assessment; when it is settled. */
export const MOMENTS = ["begin", "closed", "assessed", "settled"] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Fault {
  readonly round: number;
  readonly moment: Moment;
  readonly afterMs: number;
  readonly forMs: number;
  readonly act: Act;
}

/** How a round's money comes: early; in the last blocks of the period, of which a fork then knows nothing, or only a fork knows. */
export type Funding = "early" | "carried" | "vanishes" | "late";

/** All that happens in a schedule, as far as it follows from its seed. */
export interface Plan {
  readonly seed: number;
  readonly kind: Kind;
  readonly rounds: number;
  readonly confirmations: number;
  /** Where each node remembers. */
  readonly stores: readonly ("sqlite" | "redis" | "pair")[];
  readonly funding: readonly Funding[];
  readonly faults: readonly Fault[];
  readonly hostile: { readonly node: number; readonly way: HostileWay } | null;
  /** Whether the block clock waits for nobody: deadlines pass while faults last, so that rounds may expire. */
  readonly hurried: boolean;
}

/** The schedule of a seed. */
export function planOf(kind: Kind, seed: number): Plan {
  const random = seeded(Math.imul(seed, 0x9e3779b1) ^ (KINDS.indexOf(kind) << 24));
  const rounds = kind === "messages" || random.chance(0.15) ? ROUNDS : 1;
  const depth = depthOf(random);
  const isDeep = kind === "reorg" || (kind === "mixed" && random.chance(0.3));
  const base = { seed, kind, rounds, confirmations: isDeep ? depth + 4 : random.pick([2, 3, 5]) };
  const funding = Array.from({ length: rounds }, () => fundingOf(isDeep && depth > 1, random));
  const faults = Array.from({ length: rounds }, (_, round) => faultsOf(kind, round, { random, depth, isDeep })).flat();
  const hasHostile = kind === "byzantine" || (kind === "mixed" && random.chance(0.5));
  return {
    ...base,
    funding,
    faults,
    stores: Array.from({ length: NODES }, (_, node) => storeOf(kind, node, random)),
    // The first node is the intake, which all have to trust to close evidence; the others are trusted by nobody.
    hostile: hasHostile ? { node: 1 + random.below(NODES - 1), way: random.pick(HOSTILE_WAYS) } : null,
    hurried: random.chance(0.12),
  };
}

/** 1 to 64, shallow ones more often, as they are on real chains. */
function depthOf(random: Random): number {
  return 1 + random.below(random.pick([3, 8, 24, 64]));
}

function fundingOf(isDeep: boolean, random: Random): Funding {
  return isDeep && random.chance(0.5) ? random.pick(["carried", "vanishes", "late"] as const) : "early";
}

/** With Redis as the schedule's subject at least the first or second node uses it; sometimes in others as well. */
function storeOf(kind: Kind, node: number, random: Random): Plan["stores"][number] {
  const often = node < 2 ? 0.8 : 0.4;
  if (kind === "redis-kill") return node === 1 || random.chance(often) ? "redis" : "sqlite";
  if (kind === "redis-failover") return node === 1 || random.chance(often / 2) ? "pair" : "sqlite";
  if (kind === "mixed") return random.pick(["sqlite", "sqlite", "redis", "pair"] as const);
  return "sqlite";
}

interface Choice {
  readonly random: Random;
  readonly depth: number;
  readonly isDeep: boolean;
}

function faultsOf(kind: Kind, round: number, choice: Choice): Fault[] {
  const { random } = choice;
  if (kind === "byzantine" && random.chance(0.5)) return [];
  const subjects: readonly Kind[] =
    kind === "mixed" ? KINDS.filter((one) => one !== "mixed" && one !== "byzantine") : [kind];
  const count = kind === "mixed" ? 3 + random.below(3) : 1 + random.below(3);
  return Array.from({ length: count }, () => {
    const act = actOf(random.pick(subjects), choice);
    const moment = random.pick(momentsOf(act));
    return { round, moment, afterMs: random.below(150), forMs: 60 + random.below(400), act };
  });
}

function momentsOf({ what }: Act): readonly Moment[] {
  if (what === "reorg") return ["closed", "assessed", "assessed", "settled"];
  // A clock that is wrong while somebody signs in only keeps that person out.
  if (what === "skew") return ["closed", "closed", "assessed"];
  return ["begin", "closed", "closed", "closed", "assessed", "settled"];
}

function actOf(kind: Kind, { random, depth, isDeep }: Choice): Act {
  const node = random.below(NODES);
  const place = random.below(ENDPOINTS);
  switch (kind) {
    case "reorg": {
      const most = isDeep ? depth : 2;
      const taken = 1 + random.below(most);
      return { what: "reorg", depth: taken, more: Math.max(0, taken - 1 - random.below(6)), back: random.chance(0.5) };
    }
    case "lying-rpc":
      return { what: "endpoint", node, place, how: { lie: random.pick(Object.keys(RPC_LIES) as RpcLie[]) } };
    case "lagging-rpc":
      return { what: "endpoint", node, place, how: { lag: 1 + random.below(random.pick([3, 40])) } };
    case "outage":
      return {
        what: "endpoint",
        node,
        place,
        how: random.chance(0.7) ? { down: true } : { delayMs: 50 + random.below(700) },
      };
    case "partition":
      return { what: "partition", groups: groupsOf(random) };
    case "clock-skew":
      return { what: "skew", node, ms: (random.chance(0.5) ? 1 : -1) * (1 + random.below(3_600_000)) };
    case "redis-kill":
    case "redis-failover":
      return { what: kind };
    default:
      return random.chance(0.35) ? { what: "replay" } : linesOf(random);
  }
}

function linesOf(random: Random): Act {
  const some = (most: number): number => (random.chance(0.6) ? (random.below(1_000) / 1_000) * most : 0);
  return { what: "lines", loss: some(0.6), lostAnswer: some(0.5), twice: some(0.8), delayMs: Math.round(some(250)) };
}

/** Two to four groups; a node may be in none, and then bridges them. */
function groupsOf(random: Random): number[][] {
  const groups: number[][] = Array.from({ length: 2 + random.below(3) }, () => []);
  for (let node = 0; node < NODES; node++) if (random.chance(0.85)) random.pick(groups).push(node);
  return groups;
}
