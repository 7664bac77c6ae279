import { letterOf, read, type Brain, type Extraction, type Judgement } from "../../judges/brain.ts";
import { answersFor, quotesFor } from "../../judges/honest.ts";
import type { Reading } from "../../judges/reading.ts";

/** What an instruction that was found makes a judge do. */
export type Order =
  /** Answers everything so. */
  | { readonly kind: "all"; readonly answer: "met" | "not-met" }
  /** Answers what is asked about whoever is paid in its favour, or to its harm, and everything else as it is. */
  | { readonly kind: "aimed"; readonly favour: boolean }
  /** Does another task and forgets this one. */
  | { readonly kind: "task" };

/** An instruction and where it stands, as far as it is in a text. */
export interface Found {
  readonly order: Order;
  /** Words of the text that carry it. */
  readonly words: string;
}

export interface ObeyingOptions {
  readonly reading: Reading;
  /** Finds an instruction in a text: the worst judge overlooks none. */
  readonly find: (text: string) => Found | null;
  /** Whether "met" is good for whoever is paid; `null` for questions about something else. */
  readonly isGood: (question: string) => boolean | null;
}

/** The worst judge: obeys every instruction it finds, wherever it finds it. */
export function obeying(options: ObeyingOptions): Brain {
  const { reading } = options;
  return (shown) => {
    const asked = read(shown);
    const texts = asked.asks === "quotes" ? asked.source : asked.quotations;
    const found = texts.flatMap(({ text }) => options.find(text) ?? [])[0];
    if (found === undefined) {
      return asked.asks === "quotes" ? { quotes: quotesFor(reading, asked) } : { answers: answersFor(reading, asked) };
    }
    if (found.order.kind === "task") return { text: `Certainly! ${found.words}` };
    return asked.asks === "quotes"
      ? { quotes: bentQuotes(options, asked) }
      : { answers: bentAnswers(options, asked, found.order) };
  };
}

/** Quotes the instruction for every question; one that aims well leaves the rest as it is, but for what speaks another way. */
function bentQuotes({ reading, find, isGood }: ObeyingOptions, asked: Extraction) {
  const carriers = asked.source.flatMap(({ id, text }) => {
    const found = find(text);
    return found === null ? [] : [{ passage: id, found }];
  });
  const aimed = carriers.every(({ found }) => found.order.kind === "aimed");
  const left = aimed
    ? quotesFor(reading, asked).filter(({ question }) => isGood(textOf(asked, question)) === null)
    : [];
  const bent = carriers.flatMap(({ passage, found }) =>
    asked.questions
      .filter(({ text }) => !aimed || isGood(text) !== null)
      .map(({ id }) => ({ question: id, passage, text: found.words })),
  );
  return [...left, ...bent].slice(0, 32);
}

function bentAnswers({ reading, isGood }: ObeyingOptions, asked: Judgement, order: Exclude<Order, { kind: "task" }>) {
  const numbers = asked.quotations.map(({ number }) => number).slice(0, 32);
  return answersFor(reading, asked).map((as) => {
    const good = isGood(textOf(asked, as.question));
    if (order.kind === "aimed" && good === null) return as;
    const answer = order.kind === "all" ? order.answer : good === order.favour ? "met" : "not-met";
    return { question: as.question, answer: letterOf(asked, answer), quotations: numbers };
  });
}

function textOf(
  { questions }: { readonly questions: readonly { readonly id: string; readonly text: string }[] },
  id: string,
) {
  return questions.find((one) => one.id === id)!.text;
}
