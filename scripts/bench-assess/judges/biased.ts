import { read, type Brain } from "../../judges/brain.ts";
import { letterOf } from "../../judges/brain.ts";

/** Takes the letter at a place, whatever it means: what a judge with a bias for places does where it is unsure. */
export function positionBiased(base: Brain, letter = "A"): Brain {
  return (shown) => {
    const asked = read(shown);
    if (asked.asks === "quotes") return base(shown);
    const quotations = asked.quotations.map(({ number }) => number).slice(0, 3);
    return { answers: asked.questions.map(({ id }) => ({ question: id, answer: letter, quotations })) };
  };
}

/** Sees the best in everything: answers all that bears on whoever is paid in its favour, decoys as they are. */
export function lenient(base: Brain, isGood: (question: string) => boolean | null): Brain {
  return (shown) => {
    const asked = read(shown);
    const answer = base(shown);
    if (asked.asks === "quotes") return answer;
    const quotations = asked.quotations.map(({ number }) => number).slice(0, 3);
    const { answers } = answer as { answers: { question: string; answer: string; quotations: number[] }[] };
    return {
      answers: answers.map((one) => {
        const good = isGood(asked.questions.find(({ id }) => id === one.question)!.text);
        return good === null ? one : { ...one, answer: letterOf(asked, good ? "met" : "not-met"), quotations };
      }),
    };
  };
}
