import { z } from "zod";
import { canonicalHash } from "../canonical.ts";
import { basisPointsSchema, bytes32Schema } from "../schema.ts";
import { messagesHash, messagesOf, textHash } from "../text/prompt-messages.ts";
import type { JudgeCall } from "./call.ts";
import { CONTRARY } from "./prompts/contrary.ts";
import { EXTRACT } from "./prompts/extract.ts";
import { JUDGE } from "./prompts/judge.ts";
import { promptHash } from "./prompts/prompt.ts";
import { judgeUnit, type Ask, type Asked, type Judgement } from "./run.ts";
import type { Unit } from "./unit.ts";
import { ABSTENTIONS } from "./verdict.ts";

const count = z.int().min(0);

/** Why a call has no answer, and whether asking about parts of it can be of use. */
export const CALL_FAULTS = {
  refused: "form",
  malformed: "form",
  truncated: "form",
  "too-long": "form",
  "wrong-model": "endpoint",
  timeout: "endpoint",
  "rate-limited": "endpoint",
  unavailable: "endpoint",
  budget: "endpoint",
  unauthorised: "endpoint",
} as const;
export type CallFault = keyof typeof CALL_FAULTS;

/** What is kept of a call to a model. */
export const callRecordSchema = z.strictObject({
  purpose: z.string(),
  endpoint: z.string(),
  requestedModel: z.string(),
  returnedModel: z.string().nullable(),
  systemFingerprint: z.string().nullable(),
  format: z.enum(["json_schema", "json_object"]),
  streamed: z.boolean(),
  sampling: z.strictObject({ temperature: z.number().nullable(), maxTokens: count, seed: z.int().nullable() }),
  promptHash: bytes32Schema,
  schemaHash: bytes32Schema,
  raw: z.string().nullable(),
  rawHash: bytes32Schema.nullable(),
  finishReason: z.string().nullable(),
  attempts: z.array(
    z.strictObject({ startedMs: count, durationMs: count, status: z.int().nullable(), error: z.string().nullable() }),
  ),
  usage: z.strictObject({ promptTokens: count, cachedTokens: count, completionTokens: count }).nullable(),
  chargedTokens: count,
  latencyMs: count,
  /** `null` where it was answered. */
  fault: z.enum(Object.keys(CALL_FAULTS) as [CallFault, ...CallFault[]]).nullable(),
});
export type CallRecord = z.output<typeof callRecordSchema>;

/** Hashes of the prompts that all calls of this version begin with. */
export const PROMPTS = {
  extract: promptHash(EXTRACT),
  contrary: promptHash(CONTRARY),
  judge: promptHash(JUDGE),
} as const;

/** What a node keeps of a unit it judged: enough to judge it again without a model. */
export const unitRecordSchema = z.strictObject({
  source: bytes32Schema,
  criterion: z.string(),
  seed: bytes32Schema,
  repeats: z.int().min(1),
  prompts: z.strictObject({ extract: bytes32Schema, contrary: bytes32Schema, judge: bytes32Schema }),
  calls: z.array(callRecordSchema).min(1),
  score: basisPointsSchema.nullable(),
  abstention: z.enum(ABSTENTIONS).nullable(),
});
export type UnitRecord = z.output<typeof unitRecordSchema>;

/** What came of a call, by its record alone: live and when it is played again the same. */
export function askedOf(record: CallRecord): Asked<CallRecord> {
  if (record.fault !== null) return { ok: false, fault: CALL_FAULTS[record.fault], record };
  const value = jsonIn(record.raw);
  return value === undefined ? { ok: false, fault: "form", record } : { ok: true, value, record };
}

/** A judgement as it is kept. */
export function unitRecord(
  unit: Unit,
  { seed, repeats }: Pick<UnitRecord, "seed" | "repeats">,
  { calls, verdict }: Judgement<CallRecord>,
): UnitRecord {
  const { score, abstention } = verdict;
  const { source, criterion } = unit;
  return { source, criterion: criterion.id, seed, repeats, prompts: PROMPTS, calls: [...calls], score, abstention };
}

/** A unit judged again from its record, or what is wrong with the record. */
export type Replayed =
  { readonly ok: true; readonly judgement: Judgement<CallRecord> } | { readonly ok: false; readonly problem: string };

/**
 * Judges a unit again from what a model answered then: every prompt must be the one that follows from the unit, every quote stand
 * in it, and the score be the one that was claimed. No model is asked.
 */
export async function replayUnit(unit: Unit, record: UnitRecord): Promise<Replayed> {
  if (record.source !== unit.source || record.criterion !== unit.criterion.id) {
    return { ok: false, problem: `it is of ${record.source} under ${record.criterion}` };
  }
  const strange = (["extract", "contrary", "judge"] as const).find((name) => record.prompts[name] !== PROMPTS[name]);
  if (strange !== undefined) return { ok: false, problem: `it was judged by another prompt to ${strange}` };
  const problems: string[] = [];
  let next = 0;
  const ask: Ask<CallRecord> = (call) => {
    const number = next++;
    const kept = record.calls[number];
    if (kept === undefined) {
      problems.push(`call ${number + 1} is missing`);
      // Whatever follows from nothing is not looked at.
      return Promise.resolve({ ok: false, fault: "endpoint", record: record.calls[0]! });
    }
    const problem = callProblem(call, kept);
    if (problem !== null) problems.push(`call ${number + 1}: ${problem}`);
    return Promise.resolve(askedOf(kept));
  };
  const judgement = await judgeUnit(unit, ask, record.seed, record.repeats);
  if (next < record.calls.length) problems.push(`${record.calls.length - next} calls too many`);
  const { score, abstention } = judgement.verdict;
  if (score !== record.score || abstention !== record.abstention) {
    problems.push(`it comes to ${score ?? abstention ?? ""}, not ${record.score ?? record.abstention ?? ""}`);
  }
  const [problem] = problems;
  return problem === undefined ? { ok: true, judgement } : { ok: false, problem };
}

function callProblem(call: JudgeCall, { purpose, format, promptHash, schemaHash, raw, rawHash, fault }: CallRecord) {
  if (purpose !== call.purpose) return `for ${purpose}, not ${call.purpose}`;
  if (promptHash !== messagesHash(messagesOf(call, format))) return "another prompt";
  if (schemaHash !== canonicalHash(call.schema.jsonSchema)) return "another schema";
  if (rawHash !== (raw === null ? null : textHash(raw))) return "the answer is not the one that was hashed";
  if (fault === null && jsonIn(raw) === undefined) return "an answer that is no JSON";
  return null;
}

function jsonIn(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
