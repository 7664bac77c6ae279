import { keccak256, type Hex } from "viem";
import { fastKeccak } from "../../../oracle/adapters/signers/fast-keccak.ts";
import { JUDGED_TEMPLATE } from "../../../oracle/domain/criteria/terms.ts";
import type { RosterEntry } from "../../../oracle/domain/interview/sampling.ts";
import { statementInstrument, STATEMENTS } from "../../../oracle/domain/interview/statements.ts";
import type { Block } from "../../../oracle/ports.ts";
import type { Intake } from "../../../oracle/roles/intake/intake.ts";
import { createInterviewer, type Interviewer } from "../../../oracle/roles/interviewer/interviewer.ts";
import type { InterviewedPool, InterviewerParts } from "../../../oracle/roles/interviewer/parts.ts";
import type { View } from "../../../oracle/roles/interviewer/talk.ts";
import { example } from "../../domain/criteria/example.ts";
import { REPAIR } from "../../domain/interview/plans.ts";
import {
  MANAGER,
  MASTER_KEY,
  NO_LOG,
  NOW,
  POOL,
  POOL_INFO,
  ROUND,
  signer,
  startIntake,
  type IntakePlay,
} from "../intake/fixture.ts";

/** An account that runs interviews beside the node itself. */
export const INTERVIEWER: Hex = `0x${"1f".repeat(20)}`;

/** Parameters of a judged spec: a car repair in two languages, its one judged criterion asked as a statement. */
export function judgedParams(changes: object = {}): Record<string, unknown> {
  const document = example();
  const statements = { id: STATEMENTS, version: statementInstrument(document).version };
  const interviews = { ...REPAIR, instruments: [...REPAIR.instruments, statements], ...changes };
  return { format: "guerdon/judged/1", document, interviews, senders: [], repeats: 1 };
}

export const PROVIDERS = ["garage-7", "garage-8"];

export const JUDGED_POOL: InterviewedPool = {
  spec: {
    oracle: POOL_INFO.spec.oracle,
    template: JUDGED_TEMPLATE,
    params: judgedParams() as InterviewedPool["spec"]["params"],
    roster: PROVIDERS.map((id, i) => ({ id, name: id, account: `0x${String(i + 1).repeat(40)}`, weight: 1 })),
  },
  terms: { rounds: 3, manager: MANAGER, specHash: `0x${"5e".repeat(32)}` },
};

/** People of a provider, all but the last of whom signed. */
export function people(provider: string, count: number): RosterEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    participant: `${provider}-person-${i}`,
    provider,
    signed: i < count - 1,
    stratum: "all",
  }));
}

export const ROSTER = PROVIDERS.flatMap((provider) => people(provider, 6));

/** A chain of which only numbers and hashes matter here. */
export interface PlayChain {
  latest: bigint;
  final: bigint;
}

export function hashOf(number: bigint): Hex {
  return keccak256(`0x${number.toString(16).padStart(16, "0")}`);
}

function block(number: bigint): Block {
  return { number, hash: hashOf(number), parentHash: hashOf(number - 1n), time: NOW };
}

/** An interviewer over a real intake. */
export interface InterviewPlay extends IntakePlay {
  readonly interviewer: Interviewer;
  readonly chain: PlayChain;
  readonly warned: object[];
  /** Moves the clock on. */
  pass(seconds: number): void;
  /** Another process of the same operator. */
  other(changes?: Partial<InterviewerParts>): Interviewer;
  /** Closes the roster and draws everybody who signed. */
  drawAll(roster?: readonly RosterEntry[]): Promise<void>;
  /** Makes a link for somebody and gives the interview's id. */
  invite(participant?: string, wave?: string): Promise<string>;
  /** Private items of the round that are not erased, as the intake's node reads them. */
  transcripts(): Promise<{ name: string; leaf: Hex; content: string }[]>;
}

export async function startInterviews(
  changes: Partial<InterviewerParts> = {},
  wrap: (intake: Intake) => Pick<Intake, "accept" | "erase" | "list" | "open"> = (intake) => intake,
): Promise<InterviewPlay> {
  const play = await startIntake();
  const chain: PlayChain = { latest: 100n, final: 98n };
  const warned: object[] = [];
  let seconds = NOW;
  const parts: InterviewerParts = {
    store: play.store,
    blobs: play.blobs,
    chain: {
      latest: async () => block(chain.latest),
      finalized: async () => block(chain.final),
      blockByNumber: async (number) => block(number),
    },
    signer,
    intake: wrap(play.intake),
    clock: () => seconds * 1000,
    log: { ...NO_LOG, warn: (fields) => void warned.push(fields) },
    masterKey: MASTER_KEY,
    interviewers: [INTERVIEWER],
    pool: async (pool) => (pool === POOL ? JUDGED_POOL : null),
    keccak: fastKeccak,
    ...changes,
  };
  const interviewer = createInterviewer(parts);
  return {
    ...{ ...play, interviewer, chain, warned },
    pass: (more) => void (seconds += more),
    other: (more = {}) => createInterviewer({ ...parts, ...more }),
    async drawAll(roster = ROSTER) {
      await interviewer.closeRoster(ROUND, MANAGER, roster);
      chain.final = chain.latest + 32n;
      await interviewer.draw(ROUND, INTERVIEWER, { size: { share: 10_000 }, minimum: 0 });
    },
    async invite(participant = "garage-7-person-0", wave = "day-30") {
      const provider = participant.slice(0, participant.indexOf("-person"));
      return (await interviewer.invite(ROUND, INTERVIEWER, { participant, provider, wave })).interview;
    },
    async transcripts() {
      const found = [];
      for (const { leaf } of await play.intake.list(ROUND, 0, 1_000)) {
        const opened = await play.intake.open(ROUND, leaf, signer.address).catch(() => null);
        if (opened !== null) found.push({ name: opened.item.name, leaf, content: opened.item.content });
      }
      return found;
    },
  };
}

/**
 * Consents, chooses English, and answers until the interview is over, or at the step `until`: texts by step, `null` skips, items get the
 * option in the eighth place or the first.
 */
export async function walk(
  interviewer: Interviewer,
  interview: string,
  said: Readonly<Record<string, string | number | null>> = {},
  until = "",
): Promise<View> {
  for (;;) {
    const view = await interviewer.step(interview);
    const { step } = view;
    if (step.kind === "end" || step.id === until) return view;
    if (step.kind === "consent") await interviewer.consent(interview, true);
    else if (step.kind === "language") await interviewer.language(interview, "en");
    else {
      const given = said[step.id];
      if (given === null) await interviewer.answer(interview, step.id, null);
      else if (step.kind !== "item") {
        await interviewer.answer(interview, step.id, { text: String(given ?? `Words at ${step.id}.`) });
      } else {
        const value = given ?? (step.options.at(7) ?? step.options[0]!).value;
        await interviewer.answer(interview, step.id, { value });
      }
    }
  }
}
