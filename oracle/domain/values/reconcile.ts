import { z } from "zod";
import { idSchema } from "../criteria/forms.ts";
import { InputError } from "../errors.ts";
import { addressSchema } from "../schema.ts";
import type { Card } from "./card.ts";
import { rankCards, type Edge } from "./rank.ts";
import { groupsOf, wordSimilarity, type Similarity } from "./similarity.ts";

/**
 * What one person says about the cards: which of them it would have decide what is good, and of pairs whether going from one to the
 * other is a gain in wisdom (the edges of the moral graph: Klingefjord, Lowe & Edelman, 2024, arXiv 2404.10636).
 */
export const ballotSchema = z.strictObject({
  voter: addressSchema,
  approves: z.array(idSchema).max(1000),
  pairs: z
    .array(z.strictObject({ from: idSchema, to: idSchema, answer: z.enum(["wiser", "not-wiser", "unsure"]) }))
    .max(10_000),
});

export type Ballot = z.output<typeof ballotSchema>;

export interface ReconcileOptions {
  /** Likeness by which near-duplicates are found. */
  readonly similarity?: Similarity;
  /** Cards this much alike are counted as one. */
  readonly mergeFrom?: number;
  /** Share of voters, in basis points, who must approve of a card for it to be accepted. */
  readonly acceptBps?: number;
}

/** How a card stands after the vote. */
export interface Standing {
  readonly card: Card;
  /** Ids of cards much like it whose votes are counted with it. */
  readonly merged: readonly string[];
  /** Voters who approve of it or of a card merged into it. */
  readonly approvals: number;
  /** Answers that going to it is, or is not, a gain in wisdom. */
  readonly wiser: number;
  readonly notWiser: number;
  /** Share of rank in parts per billion, rounded. */
  readonly rank: number;
  /** 1 for the highest rank; the same place at the same rank. */
  readonly place: number;
  readonly accepted: boolean;
}

/** A pair of cards about which voters disagree. */
export interface Contest {
  readonly from: string;
  readonly to: string;
  readonly wiser: number;
  readonly notWiser: number;
  readonly unsure: number;
}

export interface Reconciliation {
  readonly voters: number;
  /** All cards, in descending order of rank, at equal rank by id. */
  readonly standings: readonly Standing[];
  /** Pairs with voices on both sides, in the order of their ids. */
  readonly contested: readonly Contest[];
  /** Cards not accepted that somebody approves of: whom the outcome leaves out. */
  readonly minorities: readonly { readonly card: string; readonly approvals: number }[];
}

/** Likeness of cards that are counted as one, and share of voters who must approve of a card, where nothing else is said. */
export const MERGE_FROM = 0.8;
export const ACCEPT_BPS = 5000;

/**
 * Counts the votes on cards.
 *
 * 1. Cards alike from `mergeFrom` on are counted as one, under the card with most approvals (at equal numbers the first id).
 * 2. A voter's answers to a pair count once; who answers it in two ways is unsure. "B is wiser than A" speaks against "A is wiser than B".
 * 3. Rank is PageRank over the net answers (see `rankCards`), whose jumps go to cards in proportion to approvals.
 * 4. Accepted is what enough voters approve of.
 *
 * The order of cards, ballots, approvals and pairs makes no difference, to the last bit.
 * @throws InputError for two cards of one id, two ballots of one voter, an unknown card, or a pair of a card with itself
 */
export function reconcile(
  cards: readonly Card[],
  ballots: readonly Ballot[],
  options: ReconcileOptions = {},
): Reconciliation {
  const { similarity = wordSimilarity, mergeFrom = MERGE_FROM, acceptBps = ACCEPT_BPS } = options;
  check(cards, ballots);
  const sorted = [...cards].sort((a, b) => (a.id < b.id ? -1 : 1));
  const groups = groupsOf(sorted, similarity, mergeFrom).map((members) => ({
    members,
    head: headOf(members, ballots),
  }));
  const heads = new Map(groups.flatMap(({ members, head }) => members.map(({ id }) => [id, head.id] as const)));
  const contests = contestsOf(ballots, heads);
  const approvals = groups.map(({ members }) => approvalsOf(members, ballots));
  const ranks = rankCards(
    groups.map(({ head }, i) => ({ id: head.id, approvals: approvals[i]! })),
    edgesOf(contests),
  );
  const standings = groups
    .map(({ members, head }, i) => ({
      card: head,
      merged: members.filter(({ id }) => id !== head.id).map(({ id }) => id),
      approvals: approvals[i]!,
      wiser: sumOf(contests, head.id, "wiser"),
      notWiser: sumOf(contests, head.id, "notWiser"),
      rank: ranks.get(head.id)!,
      accepted: approvals[i]! > 0 && approvals[i]! * 10_000 >= acceptBps * ballots.length,
    }))
    .sort((a, b) => (a.rank === b.rank ? (a.card.id < b.card.id ? -1 : 1) : b.rank - a.rank));
  return {
    voters: ballots.length,
    standings: standings.map((one) => ({ ...one, place: 1 + standings.filter(({ rank }) => rank > one.rank).length })),
    contested: contests.filter(({ wiser, notWiser }) => wiser > 0 && notWiser > 0),
    minorities: standings
      .filter((one) => !one.accepted && one.approvals > 0)
      .map(({ card, approvals: few }) => ({ card: card.id, approvals: few })),
  };
}

function check(cards: readonly Card[], ballots: readonly Ballot[]): void {
  const known = new Set(cards.map(({ id }) => id));
  if (known.size !== cards.length) throw new InputError("two cards have the same id", { field: "cards" });
  const voters = new Set<string>();
  for (const { voter, approves, pairs } of ballots) {
    if (voters.has(voter)) throw new InputError("a voter has two ballots", { field: "voter", value: voter });
    voters.add(voter);
    for (const id of [...approves, ...pairs.flatMap(({ from, to }) => [from, to])]) {
      if (!known.has(id))
        throw new InputError("a ballot names an unknown card", { field: `ballot of ${voter}`, value: id });
    }
    const same = pairs.find(({ from, to }) => from === to);
    if (same !== undefined) {
      throw new InputError("a pair is of a card with itself", { field: `ballot of ${voter}`, value: same.from });
    }
  }
}

/** The card that stands for those much like it. */
function headOf(members: readonly Card[], ballots: readonly Ballot[]): Card {
  const counted = members.map((card) => ({ card, approvals: approvalsOf([card], ballots) }));
  return counted.reduce((best, one) => (one.approvals > best.approvals ? one : best)).card;
}

function approvalsOf(members: readonly Card[], ballots: readonly Ballot[]): number {
  const ids = new Set(members.map(({ id }) => id));
  return ballots.filter(({ approves }) => approves.some((id) => ids.has(id))).length;
}

/** Answers to every pair that somebody was asked about, counted by heads, in the order of ids. */
function contestsOf(ballots: readonly Ballot[], heads: ReadonlyMap<string, string>): Contest[] {
  const counts = new Map<string, { wiser: number; notWiser: number; unsure: number }>();
  for (const { pairs } of ballots) {
    for (const [key, answers] of answersOf(pairs, heads)) {
      const count = counts.get(key) ?? { wiser: 0, notWiser: 0, unsure: 0 };
      const [answer] = answers;
      if (answers.size > 1 || answer === "unsure") count.unsure += 1;
      else if (answer === "wiser") count.wiser += 1;
      else count.notWiser += 1;
      counts.set(key, count);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => {
      const [from, to] = JSON.parse(key) as [string, string];
      return { from, to, ...count };
    });
}

/** One voter's answers by pair of heads; pairs within a group say nothing. */
function answersOf(pairs: Ballot["pairs"], heads: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const answers = new Map<string, Set<string>>();
  for (const { from, to, answer } of pairs) {
    const [one, other] = [heads.get(from)!, heads.get(to)!];
    if (one === other) continue;
    const key = JSON.stringify([one, other]);
    answers.set(key, (answers.get(key) ?? new Set<string>()).add(answer));
  }
  return answers;
}

/** An edge where more answers speak for the gain than against it, those on the way back among them. */
function edgesOf(contests: readonly Contest[]): Edge[] {
  const back = new Map(contests.map((one) => [JSON.stringify([one.to, one.from]), one.wiser]));
  return contests.flatMap(({ from, to, wiser, notWiser }) => {
    const weight = wiser - notWiser - (back.get(JSON.stringify([from, to])) ?? 0);
    return weight > 0 ? [{ from, to, weight }] : [];
  });
}

function sumOf(contests: readonly Contest[], id: string, what: "wiser" | "notWiser"): number {
  return contests.reduce((sum, one) => (one.to === id ? sum + one[what] : sum), 0);
}
