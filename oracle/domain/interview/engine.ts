import type { Hex } from "viem";
import { canonicalHash, canonicalJson } from "../canonical.ts";
import { InputError } from "../errors.ts";
import { plainText } from "../plain-text.ts";
import { bytes32Schema } from "../schema.ts";
import { MAX_LANGUAGE_CHANGES, pseudonymSchema, type InterviewEvent, type Reply } from "./events.ts";
import { factsOf, type Facts } from "./facts.ts";
import { LIBRARY, type Library } from "./library.ts";
import { phrasingProblem } from "./phrasing.ts";
import { planHash, waveIds, type InterviewPlan } from "./plan.ts";
import { accept, refuse, type Outcome } from "./refusal.ts";
import { about, outcomeScript, type Words } from "./script.ts";
import type { ConsentStep, EndStep, LanguageStep, Question, Step } from "./steps.ts";
import { valuesScript } from "./values-script.ts";

/** What somebody does. `step` is that of the question that was shown; the same input twice counts once. */
export type Input =
  | { readonly do: "consent" | "decline"; readonly at: number }
  | { readonly do: "language"; readonly at: number; readonly language: string }
  | { readonly do: "answer"; readonly at: number; readonly step: string; readonly reply: Reply }
  | { readonly do: "skip"; readonly at: number; readonly step: string }
  /** `salt`: 32 random bytes that are not kept with the log. */
  | { readonly do: "withdraw"; readonly at: number; readonly salt: Hex };

/**
 * Begins an interview: its log's first event.
 * @throws InputError for a wave the plan lacks, or what is not a pseudonym
 */
export function openInterview(
  plan: InterviewPlan,
  who: {
    readonly participant: string;
    readonly provider: string | null;
    readonly stratum?: string | undefined;
    readonly wave: string;
    readonly at: number;
  },
): InterviewEvent {
  const { participant, provider, stratum, wave, at } = who;
  if (!waveIds(plan).includes(wave)) {
    throw new InputError("no such wave", { field: "wave", value: wave, limit: waveIds(plan).join(", ") });
  }
  if ((plan.kind === "values") !== (provider === null)) {
    throw new InputError("a provider goes with outcomes, and only with them", {
      field: "provider",
      value: String(provider),
    });
  }
  for (const [field, value] of Object.entries({
    participant,
    provider: provider ?? "none",
    stratum: stratum ?? "none",
  })) {
    const { error } = pseudonymSchema.safeParse(value);
    if (error !== undefined) throw new InputError(error.issues[0]?.message ?? "not a pseudonym", { field, value });
  }
  const kind = stratum === undefined ? {} : { stratum };
  return { type: "opened", seq: 0, at, planHash: planHash(plan), participant, provider, ...kind, wave };
}

/**
 * The step that is next: it depends on plan and log alone, so an interview can be taken up again anywhere. A question that was shown
 * before comes with the text it was shown with.
 * @throws InputError where the log is not of this plan
 */
export function nextStep(plan: InterviewPlan, events: readonly InterviewEvent[], library: Library = LIBRARY): Step {
  const facts = factsOf(plan, events);
  if (facts.over !== null) return endStep(plan, facts, facts.over, library);
  if (!facts.consented) return consentStep(plan, library);
  if (languageOf(plan, facts) === null) return languageStep(plan, library);
  const question = pending(plan, facts, library);
  if (question === undefined) return endStep(plan, facts, "completed", library);
  const shown = facts.asked.get(question.id);
  return shown?.language === question.language ? { ...question, text: shown.text } : question;
}

/**
 * Notes that the next question was shown.
 * @param phrased a model's wording of a probe; without it, the catalogue's
 */
export function ask(
  plan: InterviewPlan,
  events: readonly InterviewEvent[],
  shown: { readonly at: number; readonly step: string; readonly phrased?: string },
  library: Library = LIBRARY,
): Outcome {
  const facts = factsOf(plan, events);
  const stopped = blocked(plan, facts, shown.at);
  if (stopped !== null) return stopped;
  const question = pending(plan, facts, library);
  if (question?.id !== shown.step) return refuse("out-of-order", "step", shown.step, question?.id ?? "none");
  if (facts.asked.get(shown.step)?.language === question.language) return accept([]);
  const { phrased } = shown;
  if (phrased !== undefined) {
    const problem =
      question.kind === "probe"
        ? phrasingProblem(phrased, question, textsOf(question.language, library))
        : "a fixed text";
    if (problem !== null) return refuse("bad-phrasing", "phrased", phrased, problem);
  }
  return accept([askedEvent(facts, shown.at, question, phrased)]);
}

/**
 * Takes an input. What was taken before and comes again changes nothing; what is late, early, of another kind or beyond a limit is
 * refused. The last answer ends the interview.
 * @throws InputError where the log is not of this plan
 */
export function answer(
  plan: InterviewPlan,
  events: readonly InterviewEvent[],
  input: Input,
  library: Library = LIBRARY,
): Outcome {
  const facts = factsOf(plan, events);
  switch (input.do) {
    case "consent":
    case "decline":
      return consent(plan, facts, input.do, input.at, library);
    case "language":
      return chooseLanguage(plan, facts, input);
    case "withdraw":
      return withdraw(facts, events, input);
    case "answer":
      return take(plan, facts, input.at, input.step, input.reply, library);
    case "skip":
      return take(plan, facts, input.at, input.step, null, library);
  }
}

/** A log with an outcome's events at its end and what it erases left out. */
export function applied(events: readonly InterviewEvent[], outcome: Outcome): InterviewEvent[] {
  if (!outcome.ok) return [...events];
  const erased = new Set(outcome.erase);
  return [...events, ...outcome.events].filter(({ seq }) => !erased.has(seq));
}

/** The questions of an interview so far, answered and next, in its language; none before there is one. */
export function questionsOf(plan: InterviewPlan, facts: Facts, library: Library = LIBRARY): Question[] {
  const language = languageOf(plan, facts);
  if (language === null) return [];
  const words: Words = { plan, texts: textsOf(language, library) };
  if (plan.kind === "values") return valuesScript(words, facts.replies);
  return outcomeScript({ ...words, plan }, facts.opened.wave, facts.replies, library);
}

/** The language chosen, or the only one there is. */
export function languageOf({ languages }: InterviewPlan, { language }: Facts): string | null {
  return language ?? (languages.length === 1 ? languages[0]! : null);
}

function consent(
  plan: InterviewPlan,
  facts: Facts,
  what: "consent" | "decline",
  at: number,
  library: Library,
): Outcome {
  if (what === "consent" ? facts.consented : facts.over === "declined") return accept([]);
  if (facts.over !== null) return refuse("over", "do", what, facts.over);
  if (facts.consented) return refuse("already-answered", "do", what, "withdraw");
  const late = early(facts, at);
  if (late !== null) return late;
  const entry = { seq: facts.nextSeq, at };
  if (what === "decline") return accept([{ type: "declined", ...entry }]);
  return accept([{ type: "consented", ...entry, textHash: canonicalHash(consentStep(plan, library).texts) }]);
}

function chooseLanguage(
  plan: InterviewPlan,
  facts: Facts,
  { at, language }: { readonly at: number; readonly language: string },
): Outcome {
  if (facts.over === null && facts.language === language) return accept([]);
  const stopped = blocked(plan, { ...facts, language }, at);
  if (stopped !== null) return stopped;
  if (!plan.languages.includes(language))
    return refuse("no-such-answer", "language", language, plan.languages.join(", "));
  if (facts.languageChanges >= MAX_LANGUAGE_CHANGES) {
    return refuse("too-many", "language", facts.languageChanges + 1, `at most ${MAX_LANGUAGE_CHANGES} choices`);
  }
  return accept([{ type: "language", seq: facts.nextSeq, at, language }]);
}

function withdraw(
  facts: Facts,
  events: readonly InterviewEvent[],
  { at, salt }: { readonly at: number; readonly salt: Hex },
): Outcome {
  if (facts.over === "withdrawn") return accept([]);
  if (facts.over === "declined") return refuse("over", "do", "withdraw", "nothing is kept that could be withdrawn");
  const late = early(facts, at);
  if (late !== null) return late;
  const { error } = bytes32Schema.safeParse(salt);
  if (error !== undefined) throw new InputError(error.issues[0]?.message ?? "not a salt", { field: "salt" });
  const erased = events.slice(1);
  const trace = canonicalHash({ salt, erased });
  return accept(
    [{ type: "withdrawn", seq: facts.nextSeq, at, trace }],
    erased.map(({ seq }) => seq),
  );
}

/** @param reply `null` to skip */
function take(
  plan: InterviewPlan,
  facts: Facts,
  at: number,
  step: string,
  given: Reply | null,
  library: Library,
): Outcome {
  const reply = given !== null && "text" in given ? { text: plainText(given.text).trim() } : given;
  if (facts.replies.has(step)) {
    if (canonicalJson(facts.replies.get(step) ?? null) === canonicalJson(reply)) return accept([]);
    return refuse("already-answered", "step", step, "the step that is next");
  }
  const stopped = blocked(plan, facts, at);
  if (stopped !== null) return stopped;
  const question = pending(plan, facts, library);
  if (question?.id !== step) return refuse("out-of-order", "step", step, question?.id ?? "none");
  const problem = reply === null ? null : replyProblem(question, reply);
  if (problem !== null) return problem;
  const events: InterviewEvent[] = [];
  if (facts.asked.get(step)?.language !== question.language) events.push(askedEvent(facts, at, question));
  const entry = { seq: facts.nextSeq + events.length, at, step };
  events.push(reply === null ? { type: "skipped", ...entry } : { type: "answered", ...entry, reply });
  const after = { ...facts, replies: new Map([...facts.replies, [step, reply]]) };
  if (pending(plan, after, library) === undefined) events.push({ type: "completed", seq: entry.seq + 1, at });
  return accept(events);
}

function replyProblem(question: Question, reply: Reply): Outcome | null {
  if (question.kind === "item") {
    if (!("value" in reply)) return refuse("wrong-kind", "reply", "text", "one of the options");
    const values = question.options.map(({ value }) => value);
    return values.includes(reply.value) ? null : refuse("no-such-answer", "value", reply.value, values.join(", "));
  }
  if (!("text" in reply)) return refuse("wrong-kind", "reply", "value", "a text");
  if (reply.text === "") return refuse("empty", "text", "", "a text, or to skip");
  const { length } = reply.text;
  const limit = `at most ${question.maxCharacters} characters`;
  return length <= question.maxCharacters ? null : refuse("too-long", "text", length, limit);
}

function pending(plan: InterviewPlan, facts: Facts, library: Library): Question | undefined {
  return questionsOf(plan, facts, library).find(({ id }) => !facts.replies.has(id));
}

/** Why nothing of the body may come in now, or `null`. */
function blocked(plan: InterviewPlan, facts: Facts, at: number): Outcome | null {
  if (facts.over !== null) return refuse("over", "do", facts.over, "an interview under way");
  if (!facts.consented) return refuse("consent-first", "do", "none", "consent");
  if (languageOf(plan, facts) === null) return refuse("language-first", "do", "none", plan.languages.join(", "));
  return early(facts, at);
}

function early({ lastAt }: Facts, at: number): Outcome | null {
  if (Number.isSafeInteger(at) && at >= lastAt) return null;
  return refuse("bad-time", "at", at, `whole seconds, at least ${lastAt}`);
}

function askedEvent(facts: Facts, at: number, { id, language, text }: Question, phrased?: string): InterviewEvent {
  const by = phrased === undefined ? "catalogue" : "model";
  return { type: "asked", seq: facts.nextSeq, at, step: id, language, text: phrased ?? text, by };
}

function textsOf(language: string, { texts }: Library) {
  const found = texts.get(language);
  if (found === undefined) throw new InputError("no texts in this language", { field: "language", value: language });
  return found;
}

function consentStep(plan: InterviewPlan, library: Library): ConsentStep {
  const texts = Object.fromEntries(
    plan.languages.map((language) => {
      const { consent: words } = textsOf(language, library);
      return [language, { text: about(plan, language, words[plan.kind]), yes: words.yes, no: words.no }];
    }),
  );
  const language = plan.languages[0]!;
  return { kind: "consent", wording: "fixed", id: "consent", language, text: texts[language]!.text, texts };
}

function languageStep(plan: InterviewPlan, library: Library): LanguageStep {
  const all = plan.languages.map((language) => textsOf(language, library));
  return {
    kind: "language",
    wording: "fixed",
    id: "language",
    language: plan.languages[0]!,
    text: all.map(({ chooseLanguage: text }) => text).join(" / "),
    options: all.map(({ language, name }) => ({ value: language, label: name })),
  };
}

function endStep(plan: InterviewPlan, facts: Facts, reason: EndStep["reason"], library: Library): EndStep {
  const language = languageOf(plan, facts) ?? plan.languages[0]!;
  return { kind: "end", wording: "fixed", id: "end", language, reason, text: textsOf(language, library).end[reason] };
}
