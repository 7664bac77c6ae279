import { z } from "zod";

/** What a call shows: enough to answer it, the same whether it came over HTTP or not. */
export interface Shown {
  readonly system: string;
  readonly user: string;
  readonly schema: { readonly name: string };
}

/** Answers a call with a JSON value, or with anything else where it does not do what it is asked. */
export type Brain = (shown: Shown) => unknown;

const extractionSchema = z.looseObject({
  questions: z.array(z.object({ id: z.string(), text: z.string() })),
  source: z.array(z.object({ id: z.string(), text: z.string() })),
});
const judgementSchema = z.looseObject({
  options: z.record(z.string(), z.string()),
  questions: z.array(z.object({ id: z.string(), text: z.string() })),
  quotations: z.array(z.object({ number: z.int(), text: z.string() })),
});

export type Extraction = z.output<typeof extractionSchema>;
export type Judgement = z.output<typeof judgementSchema>;

/** A call read back, by what it asks for. */
export type Read = ({ readonly asks: "quotes" } & Extraction) | ({ readonly asks: "answers" } & Judgement);

export function read({ user, schema }: Shown): Read {
  const value: unknown = JSON.parse(user);
  return schema.name === "quotes"
    ? { asks: "quotes", ...extractionSchema.parse(value) }
    : { asks: "answers", ...judgementSchema.parse(value) };
}

/** Letter under which a call shows an answer. */
export function letterOf({ options }: Judgement, answer: "met" | "not-met" | "insufficient"): string {
  const words = answer.replace("-", " ");
  return Object.keys(options).find((letter) => options[letter] === words)!;
}
