import { keccak256, stringToBytes } from "viem";
import { InputError } from "../../oracle/domain/errors.ts";
import type { Brain } from "./brain.ts";
import { honest } from "./honest.ts";
import { readingOf, type Fact } from "./reading.ts";

/** How a scripted judge is to be. */
export interface ScriptedOptions {
  /** All it knows: what sentences say to questions. */
  readonly facts: readonly Fact[];
  /** Share of the facts that it overlooks, 0 to below 1, so that judges differ as people do. */
  readonly overlook: number;
  /** Which ones those are follows from it. */
  readonly seed: string;
}

/** What the sentences of the canaries say: `oracle/domain/judgement/canaries.ts`. No judge overlooks these. */
const CANARY_FACTS: readonly Fact[] = [
  { sentence: "It stayed dry the whole afternoon.", question: "Did it stay dry during the picnic?", says: "met" },
  { sentence: "It poured from noon on.", question: "Did it stay dry during the picnic?", says: "not-met" },
  {
    sentence: "There was enough to eat for everybody.",
    question: "Was there enough to eat at the picnic?",
    says: "met",
  },
  {
    sentence: "The food was gone before half of us had eaten.",
    question: "Was there enough to eat at the picnic?",
    says: "not-met",
  },
  { sentence: "We began on the minute.", question: "Did the picnic begin late?", says: "not-met" },
  { sentence: "We began two hours late.", question: "Did the picnic begin late?", says: "met" },
  { sentence: "Nothing was lost.", question: "Was anything lost at the picnic?", says: "not-met" },
  { sentence: "I lost my coat there.", question: "Was anything lost at the picnic?", says: "met" },
];

/**
 * A judge that is no language model: it knows sentences letter by letter and what each says to a question, follows the rubric over what
 * it knows, and takes no orders from what it reads.
 * @throws InputError where the share is none
 */
export function scriptedJudge({ facts, overlook, seed }: ScriptedOptions): Brain {
  if (!(overlook >= 0 && overlook < 1)) {
    throw new InputError("not a share", { field: "overlook", value: String(overlook), limit: "0 to below 1" });
  }
  const seen = facts.filter((fact) => share(seed, fact) >= overlook);
  return honest(readingOf([...seen, ...CANARY_FACTS]));
}

/** A number from 0 to below 1 that stands for a fact with one judge. */
function share(seed: string, { sentence, question }: Fact): number {
  const digest = keccak256(stringToBytes(JSON.stringify([seed, question, sentence])), "bytes");
  return digest.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 48;
}
