import type { Hex } from "viem";
import { z } from "zod";
import { canonicalHash, canonicalJson } from "../canonical.ts";
import { criteriaDraftSchema } from "../criteria/document.ts";
import { idSchema, textSchema } from "../criteria/forms.ts";
import { InputError } from "../errors.ts";
import { cardSchema, type Card } from "./card.ts";
import { draftCriteria } from "./draft.ts";
import { ACCEPT_BPS, ballotSchema, MERGE_FROM, reconcile, type Ballot, type Reconciliation } from "./reconcile.ts";

/** A ballot without the name of who cast it. */
export const voteSchema = ballotSchema.omit({ voter: true });
export type Vote = z.output<typeof voteSchema>;

/** Most criteria of a document. */
const MOST_CRITERIA = 200;

const count = z.int().min(0);

/** All that a draft of criteria rests on, and what was made of it: whoever computes it from cards and votes gets the same bytes. */
export const valuesRecordSchema = z.strictObject({
  format: z.literal("guerdon/values/1"),
  title: textSchema(200),
  language: z.string(),
  /** In ascending order of ids. */
  cards: z.array(cardSchema),
  /** In ascending order of their canonical JSON, which says nothing of who cast them. */
  votes: z.array(voteSchema),
  /** Likeness by shared words from which cards are counted as one, and basis points of voters who must approve of a card. */
  rules: z.strictObject({ similarity: z.literal("words"), mergeFrom: z.number(), acceptBps: count }),
  /** In descending order of rank, at equal rank by id. */
  standings: z.array(
    z.strictObject({
      card: idSchema,
      merged: z.array(idSchema),
      approvals: count,
      wiser: count,
      notWiser: count,
      /** Parts per billion. */
      rank: count,
      place: z.int().min(1),
      accepted: z.boolean(),
    }),
  ),
  /** Pairs of cards about which voters disagree. */
  contested: z.array(z.strictObject({ from: idSchema, to: idSchema, wiser: count, notWiser: count, unsure: count })),
  /** Cards not accepted that somebody approves of: whom the draft leaves out. */
  minorities: z.array(z.strictObject({ card: idSchema, approvals: count })),
  /** Accepted cards of the lowest ranks whose policies would be more criteria than a document holds. */
  leftOut: z.array(idSchema),
  /** `null` where no card was accepted. */
  draft: criteriaDraftSchema.nullable(),
});

export type ValuesRecord = z.output<typeof valuesRecordSchema>;

/** What is decided upon. */
export interface CastVotes {
  readonly title: string;
  /** Of the document. */
  readonly language: string;
  readonly cards: readonly Card[];
  readonly votes: readonly Vote[];
}

/**
 * Reconciles votes on cards and drafts criteria from those accepted. The order of cards and votes makes no difference, to the last bit.
 * @throws InputError for two cards of one id, and votes on unknown cards or on a pair of a card with itself
 */
export function valuesRecord({ title, language, cards, votes }: CastVotes): ValuesRecord {
  const sorted = [...cards].sort((a, b) => (a.id < b.id ? -1 : 1));
  const cast = votes
    .map((vote) => ({ vote, text: canonicalJson(vote) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ vote }) => vote);
  const rules = { similarity: "words", mergeFrom: MERGE_FROM, acceptBps: ACCEPT_BPS } as const;
  const { mergeFrom, acceptBps } = rules;
  const result = reconcile(sorted, cast.map(numbered), { mergeFrom, acceptBps });
  const { standings, contested, minorities } = result;
  const fits = fitting(standings);
  return {
    format: "guerdon/values/1",
    ...{ title, language, cards: sorted, votes: cast, rules },
    standings: standings.map(({ card, merged, ...rest }) => ({ ...rest, card: card.id, merged: [...merged] })),
    contested: [...contested],
    minorities: [...minorities],
    leftOut: standings.filter((one) => one.accepted && !fits.includes(one)).map(({ card }) => card.id),
    draft: fits.length === 0 ? null : draftCriteria(title, language, { ...result, standings: fits }),
  };
}

/** Hash of a record, by which all who read it know that they have read the same. */
export function valuesHash(record: ValuesRecord): Hex {
  return canonicalHash(record);
}

/** Votes without what they say of cards that are gone: who told one of those took it back after the vote. */
export function votesOn(cards: readonly Pick<Card, "id">[], votes: readonly Vote[]): Vote[] {
  const there = new Set(cards.map(({ id }) => id));
  return votes.map(({ approves, pairs }) => ({
    approves: approves.filter((id) => there.has(id)),
    pairs: pairs.filter(({ from, to }) => there.has(from) && there.has(to)),
  }));
}

/**
 * Checks a vote before it is cast.
 * @throws InputError naming the place in it for a card that is not there, or a pair of a card with itself
 */
export function checkVote({ approves, pairs }: Vote, cards: readonly Pick<Card, "id">[]): void {
  const there = new Set(cards.map(({ id }) => id));
  const named = [
    ...approves.map((id, i) => ({ field: `approves.${i}`, id })),
    ...pairs.flatMap(({ from, to }, i) => [
      { field: `pairs.${i}.from`, id: from },
      { field: `pairs.${i}.to`, id: to },
    ]),
  ];
  const unknown = named.find(({ id }) => !there.has(id));
  if (unknown !== undefined) {
    throw new InputError("no such card", { field: unknown.field, value: unknown.id, limit: "a card that is voted on" });
  }
  const same = pairs.findIndex(({ from, to }) => from === to);
  if (same !== -1) {
    const value = pairs[same]!.to;
    throw new InputError("a pair is of a card with itself", {
      field: `pairs.${same}.to`,
      value,
      limit: "another card",
    });
  }
}

/** Ballots are counted by heads, whoever's they are. */
function numbered(vote: Vote, place: number): Ballot {
  return { ...vote, voter: `0x${place.toString(16).padStart(40, "0")}` };
}

/** Accepted cards in order of rank, as long as their policies are not too many. */
function fitting(standings: Reconciliation["standings"]): Reconciliation["standings"] {
  const accepted = standings.filter((one) => one.accepted);
  let criteria = 0;
  const over = accepted.findIndex(({ card }) => (criteria += card.policies.length) > MOST_CRITERIA);
  return over === -1 ? accepted : accepted.slice(0, over);
}
