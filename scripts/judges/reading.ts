import { DECOYS } from "../../oracle/domain/judgement/decoys.ts";

/** What a sentence says to a question: the whole understanding of a judge that is none. */
export interface Fact {
  readonly sentence: string;
  /** Text of the question. */
  readonly question: string;
  readonly says: "met" | "not-met";
}

/** Finds in a text what known sentences in it say. No language model: sentences are found letter by letter. */
export interface Reading {
  factsIn(text: string): readonly Fact[];
}

/** Everyday sentences every judge understands. */
const COMMON: readonly Fact[] = DECOYS.flatMap(({ sentence, questions }) =>
  questions.flatMap(({ text, right }) => {
    const [says] = right;
    return says === "met" || says === "not-met" ? [{ sentence, question: text, says }] : [];
  }),
);

export function readingOf(facts: readonly Fact[]): Reading {
  const bySentence = new Map<string, Fact[]>();
  for (const fact of [...facts, ...COMMON]) {
    bySentence.set(fact.sentence, [...(bySentence.get(fact.sentence) ?? []), fact]);
  }
  const known = [...bySentence];
  return { factsIn: (text) => known.flatMap(([sentence, says]) => (text.includes(sentence) ? says : [])) };
}
