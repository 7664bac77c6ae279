import { z } from "zod";
import { InputError } from "../errors.ts";
import { interviewPlanSchema, planHash, readInterviewPlan } from "../interview/plan.ts";
import type { Library } from "../interview/library.ts";
import { statementLibrary } from "../interview/statements.ts";
import { addressSchema } from "../schema.ts";
import { criteriaDocumentSchema } from "./document.ts";
import { idSchema } from "./forms.ts";
import { groupProblem, SOURCE_TYPES } from "./sources.ts";

/** Name of the template of outcome specs that are judged by a criteria document. */
export const JUDGED_TEMPLATE = "criteria";

/** An account whose documents count, and as what. Providers speak for themselves without being named. */
const senderSchema = z.strictObject({ account: addressSchema, type: z.enum(SOURCE_TYPES), group: idSchema });

/** Parameters of an outcome spec of that template: all that decides how its rounds are judged. */
export const judgedParamsSchema = z
  .strictObject({
    format: z.literal("guerdon/judged/1"),
    document: criteriaDocumentSchema,
    /** What participants are asked; `null` where nobody is. */
    interviews: interviewPlanSchema.nullable(),
    senders: z.array(senderSchema).max(1_000),
    /** Pairs of calls by which a judge answers the questions of a source. */
    repeats: z.int().min(1).max(3),
  })
  .superRefine((params, context) => {
    const twice = params.senders.find(
      ({ account }, i) => params.senders.findIndex((one) => one.account === account) < i,
    );
    const wrong = params.senders.flatMap(({ type, group }) => groupProblem({ type, group, what: "" }) ?? [])[0];
    const problem =
      twice !== undefined
        ? `senders: account ${twice.account} is there twice`
        : wrong !== undefined
          ? `senders: ${wrong}`
          : null;
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

export type JudgedParams = z.output<typeof judgedParamsSchema>;
export type Sender = JudgedParams["senders"][number];

/**
 * Reads the parameters of a judged spec and checks that its interviews can be carried out.
 * @throws InputError naming the property
 */
export function readJudgedParams(value: unknown): JudgedParams {
  const parsed = judgedParamsSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(issue?.message ?? "not parameters of judged criteria", {
      field: ["params", ...(issue?.path ?? [])].join("."),
    });
  }
  const { interviews, document } = parsed.data;
  if (interviews !== null) {
    if (interviews.kind !== "outcome") {
      throw new InputError("not an interview with participants", {
        field: "params.interviews.kind",
        value: interviews.kind,
        limit: "outcome",
      });
    }
    readInterviewPlan(interviews, libraryOf(parsed.data));
  }
  if (document.criteria.length === 0) throw new InputError("no criterion", { field: "params.document.criteria" });
  return parsed.data;
}

/** What the interviews of a judged spec are made of: the project's library, and the statements of its criteria as items. */
export function libraryOf({ document }: Pick<JudgedParams, "document">): Library {
  return statementLibrary(document);
}

/** Hash that transcripts of the spec's interviews name; `null` where there are none. */
export function interviewsHash({ interviews }: Pick<JudgedParams, "interviews">): string | null {
  return interviews === null ? null : planHash(interviews);
}
