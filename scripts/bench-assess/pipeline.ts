import { judgeUnit, type Judgement } from "../../oracle/domain/judgement/run.ts";
import type { Unit } from "../../oracle/domain/judgement/unit.ts";
import { findQuote } from "../../oracle/domain/text/normalise.ts";
import { direct } from "./hostile/cases.ts";
import { FACTS, JUDGED } from "./hostile/questions.ts";
import { makeWorld } from "./hostile/world.ts";
import { read, type Brain } from "../judges/brain.ts";
import { honest } from "../judges/honest.ts";
import { readingOf } from "../judges/reading.ts";
import type { Row } from "./row.ts";

const PEOPLE = 40;
const MOST_MS = 5;

function units(seed: number): Unit[] {
  const { sources } = makeWorld({ seed, quality: 0.6, participants: PEOPLE });
  return sources.flatMap(({ id, criteria, passages }) =>
    JUDGED.filter((criterion) => criteria.includes(criterion.id)).map((criterion) => ({
      source: id,
      criterion,
      passages,
    })),
  );
}

async function judgeAll(all: readonly Unit[], brain: Brain): Promise<Judgement<null>[]> {
  const judgements: Judgement<null>[] = [];
  for (const unit of all) judgements.push(await judgeUnit(unit, direct(brain), unit.source, 1));
  return judgements;
}

/** Follows the rubric, but makes up a quote beside every one it takes, and changes a letter of another. */
function inventing(base: Brain): Brain {
  return (shown) => {
    const answer = base(shown);
    if (read(shown).asks === "answers") return answer;
    const { quotes } = answer as { quotes: { question: string; passage: string; text: string }[] };
    const made = quotes.slice(0, 8).flatMap((quote) => [
      { ...quote, text: "Everything was better than anybody had hoped." },
      { ...quote, text: quote.text.replace(/[a-z]/, "x") },
    ]);
    return { quotes: [...made, ...quotes].slice(0, 32) };
  };
}

export const quotesFound: Row = {
  name: "quotes",
  what: "quotes not found verbatim in the evidence",
  anchor: "–",
  mark: "0 used",
  basis: `scripted: ${PEOPLE} interviews and two documents; a judge that makes up and misspells quotes beside real ones`,
  async measure(seed) {
    const all = units(seed);
    const judgements = await judgeAll(all, inventing(honest(readingOf(FACTS))));
    const used = judgements.flatMap(({ quotes }, i) => quotes.map((quote) => ({ quote, unit: all[i]! })));
    const strange = used.filter(({ quote, unit }) => {
      const passage = unit.passages.find(({ id }) => id === quote.passage);
      return passage === undefined || findQuote(passage.text, quote.text) === null;
    });
    const dropped = judgements.reduce((sum, one) => sum + one.dropped, 0);
    const passed = strange.length === 0 && dropped > 0;
    return { value: `${strange.length} of ${used.length} used; ${dropped} given and dropped`, passed };
  },
};

export const overhead: Row = {
  name: "overhead",
  what: "overhead of the pipeline without the model's time",
  anchor: "–",
  mark: `≤ ${MOST_MS} ms a judged question`,
  basis: "scripted: answers come at once; the time it takes to look sentences up is counted too",
  async measure(seed) {
    const [all, brain] = [units(seed), honest(readingOf(FACTS))];
    await judgeAll(all.slice(0, 20), brain);
    const begun = performance.now();
    await judgeAll(all, brain);
    const questions = all.reduce((sum, { criterion }) => sum + criterion.questions.length, 0);
    const ms = (performance.now() - begun) / questions;
    return { value: `${ms.toFixed(2)} ms a question over ${questions}`, passed: ms <= MOST_MS };
  },
};
