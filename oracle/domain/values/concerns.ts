import type { Hex } from "viem";
import { z } from "zod";
import { idSchema } from "../criteria/forms.ts";
import { findPhrase, spaced, wordCount } from "../criteria/phrases.ts";
import { addressSchema } from "../schema.ts";
import { policyRef, policiesOf, type Card } from "./card.ts";
import { groupsOf, wordSimilarity, type Similarity } from "./similarity.ts";

/** What can be doubtful about a card or one of its policies. */
export const CONCERN_RULES = ["duplicate", "near-duplicate", "instrumental", "approval-seeking", "vague"] as const;
export type ConcernRule = (typeof CONCERN_RULES)[number];

/** A doubt that a word rule raises. People settle it; nothing is dropped by a rule. */
export interface Concern {
  readonly rule: ConcernRule;
  /** The card's id, or `card/policy`. */
  readonly about: string;
  readonly message: string;
}

/** Words of means to something else: the card should say what that is wanted for. */
const INSTRUMENTAL = [
  "in order to",
  "so that i can",
  "so i can",
  "as a means",
  "to get ahead",
  "to make money",
  "to save money",
  "to earn",
  "make more money",
  "career",
  "profit",
  "profits",
  "promotion",
  "productivity",
  "efficiency",
  "competitive advantage",
  "kpi",
  "kpis",
];

/** Words of wanting to be thought well of. */
const APPROVAL = [
  "impress",
  "impressed",
  "look good",
  "look bad",
  "look smart",
  "what others think",
  "what people think",
  "others think of me",
  "people think of me",
  "be liked",
  "being liked",
  "be admired",
  "being admired",
  "approval",
  "praise",
  "praised",
  "prestige",
  "reputation",
  "status",
  "popular",
  "applause",
  "likes and followers",
  "followers",
];

/** Fewest words with which a policy can say what is attended to. */
const LEAST_WORDS = 3;

/** From this likeness on, cards that are not the same are called near-duplicates. */
export const NEAR = 0.6;

/**
 * Doubts about cards by stated word rules, in the order of cards and policies. The rules read English; in other languages they find
 * little, and people have to look.
 */
export function concernsOf(cards: readonly Card[], similarity: Similarity = wordSimilarity): Concern[] {
  return [...cards.flatMap(wordConcerns), ...duplicates(cards), ...nearDuplicates(cards, similarity)];
}

function wordConcerns(card: Card): Concern[] {
  const texts = [
    { about: card.id, text: `${card.title}. ${card.description}` },
    ...policiesOf([card]).map(({ ref, policy }) => ({ about: ref, text: policy.text })),
  ];
  return texts.flatMap(({ about, text }) => {
    const means = findPhrase(text, INSTRUMENTAL);
    const praise = findPhrase(text, APPROVAL);
    const found: Concern[] = [];
    if (means !== null) {
      const message = `"${means}" sounds like a means to something else; ask what that is good for`;
      found.push({ rule: "instrumental", about, message });
    }
    if (praise !== null) {
      const message = `"${praise}" sounds like being thought well of; ask what is good about it when nobody looks`;
      found.push({ rule: "approval-seeking", about, message });
    }
    if (about !== card.id && wordCount(text) < LEAST_WORDS) {
      found.push({ rule: "vague", about, message: `fewer than ${LEAST_WORDS} words do not say what is attended to` });
    }
    return found;
  });
}

function duplicates(cards: readonly Card[]): Concern[] {
  const titles = cards.map(({ id, title }) => ({ about: id, key: spaced(title), what: "title" }));
  const policies = policiesOf(cards).map(({ ref, policy }) => ({ about: ref, key: spaced(policy.text), what: "text" }));
  return [titles, policies].flatMap((entries) => {
    const first = new Map<string, string>();
    return entries.flatMap(({ about, key, what }): Concern[] => {
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, about);
        return [];
      }
      return [{ rule: "duplicate", about, message: `has the same ${what} as ${other}` }];
    });
  });
}

function nearDuplicates(cards: readonly Card[], similarity: Similarity): Concern[] {
  const sorted = [...cards].sort((a, b) => (a.id < b.id ? -1 : 1));
  return groupsOf(sorted, similarity, NEAR).flatMap(([first, ...others]) =>
    others.map(({ id }): Concern => ({ rule: "near-duplicate", about: id, message: `is much like ${first!.id}` })),
  );
}

/** What a person says about a concern: the card or policy stays, or goes. */
export const rulingSchema = z.strictObject({
  rule: z.enum(CONCERN_RULES),
  about: z.union([idSchema, z.string().max(201)]),
  by: addressSchema,
  keep: z.boolean(),
});

export type Ruling = z.output<typeof rulingSchema>;

/** A concern with what people said, and what follows. */
export interface Settled {
  readonly concern: Concern;
  readonly keep: readonly Hex[];
  readonly drop: readonly Hex[];
  /** Dropped only where more people say so than not; open where nobody said anything. */
  readonly outcome: "kept" | "dropped" | "open";
}

/** Cards after people have looked at the doubts. */
export interface Reviewed {
  /** Cards left, without the policies dropped from them. */
  readonly cards: readonly Card[];
  readonly settled: readonly Settled[];
  /** Cards dropped whole: by a ruling, or as fewer than three of their policies were kept. */
  readonly dropped: readonly string[];
}

/** Fewest policies of a card. */
const LEAST_POLICIES = 3;

/**
 * Settles concerns by what people say, one voice each: who says both about one concern is counted on neither side.
 * The order of rulings does not matter, and repeating one adds nothing.
 */
export function review(cards: readonly Card[], concerns: readonly Concern[], rulings: readonly Ruling[]): Reviewed {
  const settled = concerns.map((concern) => settle(concern, rulings));
  const gone = new Set(settled.flatMap(({ concern, outcome }) => (outcome === "dropped" ? [concern.about] : [])));
  const left = cards.map((card) => ({
    ...card,
    policies: card.policies.filter(({ id }) => !gone.has(policyRef(card.id, id))),
  }));
  const stays = ({ id, policies }: Card): boolean => !gone.has(id) && policies.length >= LEAST_POLICIES;
  return {
    cards: left.filter(stays),
    settled,
    dropped: left.filter((card) => !stays(card)).map(({ id }) => id),
  };
}

function settle(concern: Concern, rulings: readonly Ruling[]): Settled {
  const here = rulings.filter(({ rule, about }) => rule === concern.rule && about === concern.about);
  const voices = (keep: boolean): Hex[] => [...new Set(here.filter((one) => one.keep === keep).map(({ by }) => by))];
  const [keeping, dropping] = [voices(true), voices(false)];
  const keep = keeping.filter((by) => !dropping.includes(by)).sort();
  const drop = dropping.filter((by) => !keeping.includes(by)).sort();
  const silent = keep.length + drop.length === 0;
  return { concern, keep, drop, outcome: silent ? "open" : drop.length > keep.length ? "dropped" : "kept" };
}
