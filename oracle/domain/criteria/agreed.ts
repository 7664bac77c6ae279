import type { PaymentRule } from "../../../contracts/protocol/payout.ts";
import { LIBRARY } from "../interview/library.ts";
import type { OutcomePlan } from "../interview/plan.ts";
import { STATEMENTS, statementInstrument } from "../interview/statements.ts";
import type { Criterion as SpecCriterion } from "../templates/template.ts";
import type { Agreement } from "./agreement.ts";
import { specCriteria } from "./rules.ts";
import { JUDGED_TEMPLATE, readJudgedParams, type JudgedParams, type Sender } from "./terms.ts";

/** What an agreement leaves open, and a pool that takes it up decides. */
export interface AgreedChoices {
  /** Title of the interviews; the criteria document's where absent. */
  readonly title?: string;
  /** What the interviews are about, in the document's language and no other: "the repair of your car". */
  readonly subject: Readonly<Record<string, string>>;
  readonly senders: readonly Sender[];
  /** Pairs of calls by which a judge answers the questions of a source. */
  readonly repeats: number;
}

/** Most characters of an answer and most neutral probes of a story. */
const [MAX_ANSWER, PROBES] = [2_000, 2];

/**
 * Parameters of an outcome spec that takes up an agreement as it stands: its criteria, and its interviews as a plan. Nobody is asked
 * where the agreement has no waves.
 * @throws InputError naming the property where the interviews cannot be carried out: an instrument that is not free for commercial use,
 * fewer waves than a plan has, a subject in other languages than the document's
 */
export function judgedParamsOf(agreement: Agreement, choices: AgreedChoices): JudgedParams {
  const { senders, repeats } = choices;
  return readJudgedParams({
    format: "guerdon/judged/1",
    document: agreement.criteria,
    interviews: agreement.interviews.waves.length === 0 ? null : planOf(agreement, choices),
    senders,
    repeats,
  });
}

/** The parts of an outcome spec that follow from an agreement; roster, oracle and title are the pool's. */
export interface JudgedSpecParts {
  readonly template: typeof JUDGED_TEMPLATE;
  readonly params: JudgedParams;
  readonly criteria: readonly SpecCriterion[];
  readonly payment: PaymentRule;
}

/** @param params of `judgedParamsOf`, or changed by hand: criteria are taken from them */
export function judgedSpecParts({ payment }: Agreement, params: JudgedParams): JudgedSpecParts {
  const { metered, curve, fullPayBar, defaultRate } = payment;
  return {
    template: JUDGED_TEMPLATE,
    params,
    criteria: specCriteria(params.document.criteria),
    payment: { metered, curve, fullPayBar, defaultRate },
  };
}

function planOf({ criteria: document, interviews }: Agreement, { title, subject }: AgreedChoices): OutcomePlan {
  const statements = statementInstrument(document);
  // An unknown one has no version; reading the plan says so.
  const versionOf = (id: string): string => LIBRARY.instruments.get(id)?.version ?? "none";
  return {
    format: "guerdon/interview-plan/1",
    kind: "outcome",
    asked: "participants",
    title: title ?? document.title,
    // Answers decide who is paid how much, which is commercial in the sense of every licence that tells the two apart.
    commercial: true,
    // Statements stand in the document's language: around them another would be hard to read.
    languages: [document.language],
    subject: { ...subject },
    criteria: document.criteria.filter(asksPeople).map(({ id }) => id),
    maxAnswer: MAX_ANSWER,
    probes: PROBES,
    instruments: [
      ...interviews.instruments.map((id) => ({ id, version: versionOf(id) })),
      ...(statements.scales.length === 0 ? [] : [{ id: STATEMENTS, version: statements.version }]),
    ],
    waves: interviews.waves,
  };
}

function asksPeople({ sources }: JudgedParams["document"]["criteria"][number]): boolean {
  return sources.some(({ type }) => type === "participant-interview" || type === "participant-item");
}
