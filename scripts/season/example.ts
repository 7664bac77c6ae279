import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";
import type { z } from "zod";
import { agreementNamed } from "../../oracle/data/agreements/load.ts";
import { judgedParamsOf } from "../../oracle/domain/criteria/agreed.ts";
import type { Agreement } from "../../oracle/domain/criteria/agreement.ts";
import type { JudgedParams } from "../../oracle/domain/criteria/terms.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { UNITS } from "../../oracle/domain/judgement/round-sources.ts";
import type { Fact } from "../judges/reading.ts";
import {
  EXAMPLE_NAMES,
  exampleSchema,
  isExampleName,
  judgeScriptSchema,
  type Example,
  type JudgeScript,
} from "./example-form.ts";

/** A season that can be played from the project's own data: an agreement, what people and papers say, and what judges know of it. */
export interface ExampleSeason {
  readonly agreement: Agreement;
  readonly example: Example;
  /** What the scripted judges know. */
  readonly facts: readonly Fact[];
}

/**
 * The example of an agreement.
 * @throws InputError for a name there is none of, and naming file and property where the data do not fit together
 */
export async function exampleSeason(name: string): Promise<ExampleSeason> {
  if (!isExampleName(name)) {
    throw new InputError("no example of this name", { field: "name", value: name, limit: EXAMPLE_NAMES.join(", ") });
  }
  const agreement = await agreementNamed(name);
  const [season, script] = ["season.json", "judge-script.json"].map((file) => exampleFile(name, file));
  return readExample(agreement, await readFile(season!, "utf8"), await readFile(script!, "utf8"));
}

/** Where a file of an example lies. */
export function exampleFile(name: string, file: string): string {
  return fileURLToPath(new URL(`../../oracle/data/examples/${name}/${file}`, import.meta.url));
}

/**
 * Reads an example and checks that its parts belong together.
 * @throws InputError naming file and property
 */
export function readExample(agreement: Agreement, season: string, script: string): ExampleSeason {
  const example = read("season.json", season, exampleSchema);
  const judged = read("judge-script.json", script, judgeScriptSchema);
  checkExample(agreement, example);
  checkScript(agreement, judged);
  return { agreement, example, facts: factsOf(judged) };
}

/**
 * Parameters of the outcome spec under which an example is judged.
 * @param accountOf account of a sender, by its name
 */
export function exampleParams(
  { agreement, example }: ExampleSeason,
  accountOf: (sender: string) => Hex,
  repeats = 1,
): JudgedParams {
  const senders = example.senders.map(({ name, type, group }) => ({ account: accountOf(name), type, group }));
  return judgedParamsOf(agreement, { subject: example.subject, senders, repeats });
}

function factsOf({ questions }: JudgeScript): Fact[] {
  return questions.flatMap(({ text: question, met, "not-met": notMet }) => [
    ...met.map((sentence): Fact => ({ sentence, question, says: "met" })),
    ...notMet.map((sentence): Fact => ({ sentence, question, says: "not-met" })),
  ]);
}

function read<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, { file });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InputError(issue?.message ?? "not of the expected form", { file, field: issue?.path.join(".") ?? "" });
}

/** A value that stands at a property, and those that may stand there. */
type Named = readonly [field: string, value: string, allowed: readonly string[]];

function checkExample(agreement: Agreement, example: Example): void {
  const { providers, senders, rounds } = example;
  const file = "season.json";
  const [ids, names] = [providers.map(({ id }) => id), senders.map(({ name }) => name)];
  const waves = agreement.interviews.waves.map(({ id }) => id);
  const figures = [UNITS, ...agreement.criteria.criteria.map(({ id }) => id)];
  const named: Named[] = [
    ["agreement", example.agreement, [agreement.name]],
    ...rounds.flatMap(({ participants, documents, providerDocuments }, round): Named[] => [
      ...participants.flatMap(({ provider, wave }, i): Named[] => [
        [`rounds.${round}.participants.${i}.provider`, provider, ids],
        [`rounds.${round}.participants.${i}.wave`, wave, waves],
      ]),
      ...documents.flatMap(({ provider, sender, ...rest }, i): Named[] => [
        [`rounds.${round}.documents.${i}.provider`, provider, ids],
        [`rounds.${round}.documents.${i}.sender`, sender, names],
        ...Object.keys(rest.figures ?? {}).map((key): Named => [
          `rounds.${round}.documents.${i}.figures`,
          key,
          figures,
        ]),
      ]),
      ...providerDocuments.map(({ provider }, i): Named => [
        `rounds.${round}.providerDocuments.${i}.provider`,
        provider,
        ids,
      ]),
    ]),
  ];
  const unknown = named.find(([, value, allowed]) => !allowed.includes(value));
  if (unknown !== undefined) {
    const [field, value, allowed] = unknown;
    throw new InputError("names what is not there", { file, field, value, limit: allowed.join(", ") });
  }
  once(file, "providers", ids);
  once(file, "senders", names);
  rounds.forEach(({ participants }, round) => {
    const asked = participants.map(({ participant, wave }) => `${participant} in ${wave}`);
    once(file, `rounds.${round}.participants`, asked);
  });
  const over = providers.find(({ weight, units = 0 }) => units > weight);
  if (over !== undefined) {
    throw new InputError("more units than its weight", { file, field: "providers", value: over.id });
  }
}

function checkScript(agreement: Agreement, { questions, agreement: name }: JudgeScript): void {
  const file = "judge-script.json";
  if (name !== agreement.name) {
    throw new InputError("of another agreement", { file, field: "agreement", value: name, limit: agreement.name });
  }
  const asked = agreement.criteria.criteria.flatMap(({ measure }) =>
    measure.kind === "judged" ? measure.questions.map(({ text }) => text) : [],
  );
  const told = questions.map(({ text }) => text);
  once(file, "questions", told);
  const missing = asked.find((text) => !told.includes(text));
  if (missing !== undefined)
    throw new InputError("a question is missing", { file, field: "questions", value: missing });
  questions.forEach(({ text, met, "not-met": notMet }, i) => {
    const field = `questions.${i}`;
    if (!asked.includes(text))
      throw new InputError("no judged question of the agreement", { file, field, value: text });
    once(file, field, [...met, ...notMet]);
  });
}

function once(file: string, field: string, values: readonly string[]): void {
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw new InputError("stands twice", { file, field, value: twice, limit: "each once" });
}
