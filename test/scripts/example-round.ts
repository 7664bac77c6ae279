import { keccak256, stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import type { JudgedParams } from "../../oracle/domain/criteria/terms.ts";
import { libraryOf } from "../../oracle/domain/criteria/terms.ts";
import { evidenceItem, type EvidenceItem } from "../../oracle/domain/evidence.ts";
import { answer, applied, nextStep, openInterview } from "../../oracle/domain/interview/engine.ts";
import type { InterviewEvent } from "../../oracle/domain/interview/events.ts";
import type { OutcomePlan } from "../../oracle/domain/interview/plan.ts";
import { transcriptOf, type Transcript } from "../../oracle/domain/interview/transcript.ts";
import { claimsOf, type FoundWords } from "../../oracle/domain/judgement/round-claims.ts";
import type { Estimate } from "../../oracle/domain/judgement/group.ts";
import { roundSources, type RoundSource } from "../../oracle/domain/judgement/round-sources.ts";
import { roundUnits, type PlacedUnit } from "../../oracle/domain/judgement/round-units.ts";
import { judgeUnit } from "../../oracle/domain/judgement/run.ts";
import type { Verdict } from "../../oracle/domain/judgement/verdict.ts";
import { joinJudges } from "../../oracle/domain/judgement/words.ts";
import type { OutcomeSpec } from "../../oracle/domain/spec.ts";
import { direct } from "../../scripts/bench-assess/hostile/cases.ts";
import type { Brain } from "../../scripts/judges/brain.ts";
import { exampleParams, type ExampleSeason } from "../../scripts/season/example.ts";
import { replyTo, type ExampleParticipant } from "../../scripts/season/example-form.ts";

/** An account that follows from a name. */
export const accountOf = (name: string): Hex => `0x${keccak256(stringToBytes(name)).slice(-40)}`;

const INTAKE = accountOf("intake");

/** A wave played to its end. */
export interface Played {
  readonly transcript: Transcript;
  /** Steps that were asked, in order. */
  readonly steps: readonly string[];
}

/** Plays an interview of an example by the engine, as an intermediary would. */
export function play(params: JudgedParams, person: ExampleParticipant): Played {
  const plan = params.interviews as OutcomePlan;
  const library = libraryOf(params);
  const { participant, provider, wave } = person;
  let events: InterviewEvent[] = [openInterview(plan, { participant, provider, wave, at: 1 })];
  const steps: string[] = [];
  const take = (input: Parameters<typeof answer>[2]): void => {
    const outcome = answer(plan, events, input, library);
    if (!outcome.ok) throw new Error(`${participant}: ${JSON.stringify(outcome)}`);
    events = applied(events, outcome);
  };
  take({ do: "consent", at: 1 });
  for (let step = nextStep(plan, events, library); step.kind !== "end"; step = nextStep(plan, events, library)) {
    steps.push(step.id);
    const reply = replyTo(step, person);
    const at = { at: 1, step: step.id };
    take(reply === null ? { do: "skip", ...at } : { do: "answer", ...at, reply });
  }
  return { transcript: transcriptOf(plan, events, library).transcript, steps };
}

/** A round of an example as nodes get it. */
export interface ExampleRound {
  readonly params: JudgedParams;
  readonly spec: Pick<OutcomeSpec, "roster" | "oracle">;
  readonly played: readonly Played[];
  readonly sources: readonly RoundSource[];
  readonly units: readonly PlacedUnit[];
}

/** Brings the first round of an example into the form of evidence and reads it back, as a node does. */
export function exampleRound(season: ExampleSeason): ExampleRound {
  const { example } = season;
  const params = exampleParams(season, accountOf);
  const roster = example.providers.map(({ id, name, weight }) => ({ id, name, weight, account: accountOf(id) }));
  const spec = { roster, oracle: { signers: [INTAKE], threshold: 1, intake: INTAKE } };
  const { participants, documents, providerDocuments } = example.rounds[0]!;
  const played = participants.map((person) => play(params, person));
  const items: EvidenceItem[] = [
    ...played.map(({ transcript }) => item(INTAKE, "application/json", canonicalJson(transcript))),
    ...documents.map(({ sender, ...rest }) =>
      item(accountOf(sender), "application/json", canonicalJson({ format: "guerdon/source/1", ...rest })),
    ),
    ...providerDocuments.map(({ provider, text }) => item(accountOf(provider), "text/plain", text)),
  ];
  const sources = roundSources(spec, params, items);
  return { params, spec, played, sources, units: roundUnits(sources, params.document) };
}

function item(source: Hex, mediaType: "application/json" | "text/plain", content: string): EvidenceItem {
  const salt = keccak256(stringToBytes(content));
  const draft = { kind: "document", name: salt.slice(2, 18), mediaType, source, sequence: 0, salt } as const;
  return evidenceItem(draft, stringToBytes(content));
}

/** All units judged by one judge, in order. */
export async function judged({ units }: ExampleRound, brain: Brain): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { unit, key } of units) {
    const seed = keccak256(stringToBytes(key));
    verdicts.push((await judgeUnit(unit, direct(brain), seed, 1)).verdict);
  }
  return verdicts;
}

/** What a node with one judge claims. */
export function claimed({ params, spec, sources, units }: ExampleRound, verdicts: readonly Verdict[]): Estimate[] {
  const found: FoundWords = new Map(units.map(({ key }, i) => [key, joinJudges([verdicts[i]!])]));
  return claimsOf(params.document, spec.roster.length, sources, found);
}
