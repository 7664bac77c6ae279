import type { Hex } from "viem";

/** A small question that is answered met, not met or insufficient. */
export interface Question {
  readonly id: string;
  /** Asks one thing that can be seen from words, as a yes-or-no question. */
  readonly text: string;
  /** Whether "met" is what buyers want. */
  readonly met: "good" | "bad";
}

/** What is judged: one criterion by its small questions. */
export interface JudgedCriterion {
  readonly id: string;
  /** What good means, as buyers say it. Names no provider. */
  readonly statement: string;
  readonly questions: readonly Question[];
}

/** Part of a source that quotes are taken from: an answer of an interview, a page of a document. Normalised text. */
export interface Passage {
  readonly id: string;
  readonly text: string;
}

/** One source looked at under one criterion. A call to a model never sees more than one, so that none can speak about another. */
export interface Unit {
  /** Leaf of the item of evidence. */
  readonly source: Hex;
  readonly criterion: JudgedCriterion;
  readonly passages: readonly Passage[];
}

/** Words found verbatim in a passage. */
export interface Quote {
  readonly question: string;
  readonly passage: string;
  /** As it stands in the passage. */
  readonly text: string;
}

/** What can be said to a question. */
export const ANSWERS = ["met", "not-met", "insufficient"] as const;
export type Answer = (typeof ANSWERS)[number];

/** Limits of what is asked and taken, the same for every node. */
export const LIMITS = {
  /** Questions of a criterion. */
  questions: 7,
  /** Quotes taken from one answer of a model. */
  quotesPerCall: 32,
  /** Quotes kept for a question. */
  quotesPerQuestion: 6,
  /** Characters of a quote. */
  quote: 300,
  /** Parts into which a source is cut at most when some of it makes a model miss its decoys. */
  parts: 32,
  /** Characters of all passages of a unit together; a longer source is cut into several units by who makes them. */
  evidence: 24_000,
} as const;
