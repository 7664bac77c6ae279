import { keccak256, stringToBytes, type Hex } from "viem";
import type { Passage } from "../../../oracle/domain/judgement/unit.ts";
import { seededRandom } from "../../faults/support/random.ts";
import { JUDGED, sentencesFor } from "./questions.ts";

/** A source as it came in, before anything is normalised. */
export interface RawSource {
  /** Stands for the leaf of its item. */
  readonly id: Hex;
  readonly kind: "interview" | "provider-document" | "third-party-document";
  /** Criteria it is looked at under. */
  readonly criteria: readonly string[];
  readonly passages: readonly Passage[];
  /** Of a participant: fixed answers by criterion, basis points. */
  readonly items: ReadonlyMap<string, number>;
}

/** One provider's evidence for a round. */
export interface World {
  readonly sources: readonly RawSource[];
  /** What telemetry says about whether cars run, basis points. */
  readonly telemetry: number;
}

export interface WorldOptions {
  readonly seed: number;
  /** Share of good outcomes, 0 to 1. */
  readonly quality: number;
  readonly participants: number;
}

/** Share of questions a person says nothing about. */
const SILENT = 0.15;
const STEPS = 10;

/**
 * Makes the evidence of a car-repair provider: what happened to each participant follows from the seed and the quality, and words,
 * fixed answers, documents and telemetry tell of the same happenings.
 */
export function makeWorld({ seed, quality, participants }: WorldOptions): World {
  const random = seededRandom(seed);
  const idOf = (name: string): Hex => keccak256(stringToBytes(`world ${seed} ${quality} ${name}`));
  // The same draws for every quality, so that twins differ in nothing else.
  const people = Array.from({ length: participants }, (_, person) =>
    JUDGED.map(({ id, questions }) => ({
      id,
      answers: questions.map((question) => {
        const [luck, silence, choice] = [random(), random(), random()];
        return { question: question.id, good: luck < quality, silent: silence < SILENT, choice, person };
      }),
    })),
  );
  const interviews = people.map((criteria, person): RawSource => ({
    id: idOf(`person ${person}`),
    kind: "interview",
    criteria: JUDGED.map(({ id }) => id),
    passages: criteria.map(({ id, answers }) => ({
      id,
      text: answers
        .flatMap(({ question, good, silent, choice }) => {
          const sentences = sentencesFor(question, good);
          return silent ? [] : [sentences[Math.floor(choice * sentences.length)]!];
        })
        .join(" "),
    })),
    items: new Map(
      criteria.map(({ id, answers }) => {
        const good = answers.filter((one) => one.good).length / answers.length;
        return [id, Math.round(good * STEPS) * (10_000 / STEPS)];
      }),
    ),
  }));
  const document = (kind: RawSource["kind"], criterion: string): RawSource => {
    const { questions } = JUDGED.find(({ id }) => id === criterion)!;
    // Rounded up: who reports of itself reports no worse than it was.
    const good = Math.ceil(quality * questions.length);
    const text = questions.map(({ id }, i) => sentencesFor(id, i < good)[i % 2]!).join(" ");
    return {
      id: idOf(`${kind} ${criterion}`),
      kind,
      criteria: [criterion],
      passages: [{ id: "page 1", text }],
      items: new Map(),
    };
  };
  const runs = people.map((criteria) => criteria.find(({ id }) => id === "runs")!.answers);
  const good = runs.flat().filter((one) => one.good).length;
  return {
    sources: [...interviews, document("provider-document", "taught"), document("third-party-document", "looks")],
    telemetry: Math.round((good / runs.flat().length) * 10_000),
  };
}

/** What a source says that says the worst under its criteria. */
export function worstPassages(criteria: readonly string[]): Passage[] {
  return JUDGED.filter(({ id }) => criteria.includes(id)).map(({ id, questions }) => ({
    id,
    text: questions.map((question) => sentencesFor(question.id, false)[0]!).join(" "),
  }));
}
