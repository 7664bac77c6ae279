import { letterOf, read, type Brain, type Extraction, type Judgement } from "./brain.ts";
import type { Reading } from "./reading.ts";

/** Follows the rubric over what it can read. */
export function honest(reading: Reading): Brain {
  return (shown) => {
    const asked = read(shown);
    return asked.asks === "quotes" ? { quotes: quotesFor(reading, asked) } : { answers: answersFor(reading, asked) };
  };
}

export function quotesFor(reading: Reading, { questions, source }: Extraction) {
  return source.flatMap(({ id: passage, text }) =>
    reading
      .factsIn(text)
      .flatMap(({ sentence, question }) =>
        questions.filter((one) => one.text === question).map(({ id }) => ({ question: id, passage, text: sentence })),
      ),
  );
}

export function answersFor(reading: Reading, asked: Judgement) {
  return asked.questions.map(({ id, text }) => {
    const said = asked.quotations.flatMap(({ number, text: words }) =>
      reading.factsIn(words).flatMap(({ question, says }) => (question === text ? [{ number, says }] : [])),
    );
    const all = new Set(said.map(({ says }) => says));
    const answer = all.size === 1 ? said[0]!.says : "insufficient";
    return {
      question: id,
      answer: letterOf(asked, answer),
      quotations: [...new Set(said.map(({ number }) => number))],
    };
  });
}
