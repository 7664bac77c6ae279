import { openInterview } from "../../domain/interview/engine.ts";
import { waveIds } from "../../domain/interview/plan.ts";
import type { RosterEntry, Sample } from "../../domain/interview/sampling.ts";
import type { RoundId } from "../../ports.ts";
import { isValues, listStates, type InterviewState, type RosterRow, type SampleRow } from "../../store/interviews.ts";
import { createBox } from "./box.ts";
import { createLogs } from "./logs.ts";
import type { InterviewerParts } from "./parts.ts";
import { InterviewRefusal } from "./refusal.ts";
import { createRosters, type Made, type SampleSize } from "./rosters.ts";
import { askedRounds, type AskedRound } from "./rounds.ts";
import { createTalk, type Talk } from "./talk.ts";
import { createTranscripts } from "./transcripts.ts";
import { createFound } from "./values/found.ts";
import { createValues, type Values } from "./values/values.ts";

/** Somebody who is to be asked, when. */
export interface Invitation {
  readonly participant: string;
  readonly provider: string;
  readonly wave: string;
}

/** How many of a provider's interviews stand where. */
export type StateCounts = { readonly provider: string } & Readonly<Record<InterviewState, number>>;

/**
 * Runs interviews: with buyers about what they value, and for pools whose spec has them and names this node as the intake. `account` is who asks for something, lower case,
 * `null` where nobody is signed in. All functions throw `InterviewRefusal` for what a caller may not do, and `StoreUnavailable`.
 */
export interface Interviewer extends Talk {
  /** Keeps the roster of a round, once; for the pool's manager. */
  closeRoster(id: RoundId, account: string, entries: readonly RosterEntry[]): Promise<Made<RosterRow>>;
  /** The entries are for interviewers and the manager; `null` for others. */
  roster(id: RoundId, account: string | null): Promise<{ row: RosterRow; entries: readonly RosterEntry[] | null }>;
  /** Draws whom to ask, once; for interviewers. */
  draw(id: RoundId, account: string, size: SampleSize): Promise<Made<SampleRow> & Pick<Sample, "drawn">>;
  /** Who was drawn is for interviewers; `null` for others. */
  sample(id: RoundId, account: string | null): Promise<{ row: SampleRow; drawn: Sample["drawn"] | null }>;
  /** Makes a link for somebody who was drawn; the same again makes a fresh link for the same interview and voids the one before. */
  invite(id: RoundId, account: string, who: Invitation): Promise<{ interview: string; secret: string }>;
  /** In ascending order of provider; for interviewers. */
  counts(id: RoundId, account: string): Promise<StateCounts[]>;
  /** Whether the secret of this hash is in the interview's link. */
  holds(interview: string, hash: string): Promise<boolean>;
  /** What buyers find good, before there is a pool. */
  readonly values: Values;
  /** Ends a round's interviews, before its evidence is closed. Nothing happens for rounds without any. */
  end(id: RoundId): Promise<void>;
  /** Settles what was left undone; to be called once at the start. */
  finish(): Promise<void>;
}

export function createInterviewer(parts: InterviewerParts): Interviewer {
  const { store, clock } = parts;
  const box = createBox(parts.masterKey);
  const round = askedRounds(parts);
  const rosters = createRosters(parts, box);
  const found = createFound({ store, clock, box });
  const logs = createLogs({ store, box, asked: (place) => (isValues(place) ? found.asked(place) : round(place)) });
  const transcripts = createTranscripts(parts, logs);
  const interviewers: ReadonlySet<string> = new Set([parts.signer.address, ...parts.interviewers]);

  async function opened(id: RoundId): Promise<AskedRound> {
    const found = await round(id);
    if (found !== null) return found;
    throw new InterviewRefusal("no-interviews", { field: "pool", value: id.pool, limit: "interviews, at this node" });
  }

  function checkInterviewer(account: string): void {
    if (!interviewers.has(account)) throw new InterviewRefusal("not-interviewer");
  }

  return {
    ...createTalk(parts, logs, transcripts),
    async closeRoster(id, account, entries) {
      const found = await opened(id);
      if (account !== found.manager) throw new InterviewRefusal("not-manager");
      return rosters.close(found, entries);
    },
    async roster(id, account) {
      const { manager } = await opened(id);
      const row = await rosters.roster(id);
      const entitled = account !== null && (account === manager || interviewers.has(account));
      return { row, entries: entitled ? await rosters.entries(id, row) : null };
    },
    async draw(id, account, size) {
      await opened(id);
      checkInterviewer(account);
      const made = await rosters.draw(id, size);
      return { ...made, drawn: await rosters.drawn(id, made.row) };
    },
    async sample(id, account) {
      await opened(id);
      const row = await rosters.sample(id);
      const entitled = account !== null && interviewers.has(account);
      return { row, drawn: entitled ? await rosters.drawn(id, row) : null };
    },
    async invite(id, account, who) {
      const { plan } = await opened(id);
      checkInterviewer(account);
      const { participant, provider, wave } = who;
      const waves = waveIds(plan);
      if (!waves.includes(wave)) {
        throw new InterviewRefusal("invalid", { field: "body.wave", value: wave, limit: waves.join(", ") });
      }
      const entry = await rosters.drawnEntry(id, provider, participant);
      if (entry === null) {
        const limit = "somebody who was drawn, with the provider they were drawn for";
        throw new InterviewRefusal("not-drawn", { field: "body.participant", value: participant, limit });
      }
      const interview = box.digest([id.chainId, id.pool, id.round, participant, provider, wave]);
      const secret = await logs.link(id, interview, () => {
        const event = openInterview(plan, { ...who, stratum: entry.stratum, at: Math.floor(clock() / 1000) });
        return { provider, wave, event };
      });
      return { interview, secret };
    },
    async counts(id, account) {
      await opened(id);
      checkInterviewer(account);
      const counts = new Map<string, Record<InterviewState, number>>();
      for await (const { row } of listStates(store, id)) {
        // All interviews of a round are about somebody.
        const provider = row.provider!;
        const of = counts.get(provider) ?? noneYet();
        of[row.state]++;
        counts.set(provider, of);
      }
      const sorted = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
      return sorted.map(([provider, of]) => ({ provider, ...of }));
    },
    holds: logs.holds,
    values: createValues({ store, blobs: parts.blobs, clock, box, logs, found }),
    async end(id) {
      if ((await round(id)) !== null) await transcripts.end(id);
    },
    finish: () => transcripts.finish(),
  };
}

function noneYet(): Record<InterviewState, number> {
  return { opened: 0, consented: 0, completed: 0, declined: 0, withdrawn: 0 };
}
