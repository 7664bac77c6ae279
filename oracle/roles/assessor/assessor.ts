import { zeroHash } from "viem";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { decide, type AssessorStep } from "../../domain/round/decide.ts";
import type { Envelope } from "../../domain/round/envelope.ts";
import { roundSchedule, type RoundSchedule } from "../../domain/round/schedule.ts";
import { tally, type Tally } from "../../domain/round/tally.ts";
import { turnFrom, turnOrder } from "../../domain/round/turns.ts";
import { InputError } from "../../domain/errors.ts";
import { PeerError, type Clock, type RoundFacts, type RoundId } from "../../ports.ts";
import { messagesOf, readFrozen, readOwn, readSigned, type OwnReport } from "../../store/agreement.ts";
import { hasWholeBundle } from "../../store/bundles.ts";
import { Refusal } from "../refusal.ts";
import { createMirror, publishBundle } from "./bundles.ts";
import { fetchEvidence } from "./evidence.ts";
import type { AssessorParts } from "./parts.ts";
import type { BookedPool } from "./pool-book.ts";
import { createPuller } from "./post.ts";
import { readyAssessment, readySince, type ReadyAssessment } from "./ready.ts";
import { commit, reveal, sign, type RoundAtWork } from "./report.ts";

/** Where an assessor stopped with a round, and what keeps it from going on: a stable name, or `null`. */
export interface AssessorState {
  readonly step: AssessorStep;
  readonly obstacle: string | null;
}

/** A node that trusts the chain and its own computation. */
export interface Assessor {
  /**
   * Goes as far with a round as it can now. May be called at any time and by any process of the operator: each step is made once,
   * by the conditions of the store.
   */
  advance(id: RoundId): Promise<AssessorState>;
  /** The assessment a quorum has signed, and block time since when this node has it; `null` while there is none. */
  ready(id: RoundId): Promise<(ReadyAssessment & { readonly since: number }) | null>;
}

/** Everything the next step hangs on. */
interface Look {
  readonly work: RoundAtWork | null;
  readonly pool: BookedPool;
  readonly schedule: RoundSchedule;
  readonly facts: RoundFacts;
  readonly own: OwnReport | null;
  readonly signed: boolean;
  readonly messages: readonly Envelope[];
  readonly tally: Tally | null;
}

/** What others did not do or say well is no failure of this node; it looks again later. */
function obstacleOf(error: unknown): string {
  if (error instanceof Refusal) return error.reason;
  if (error instanceof PeerError) return `peer-${error.reason}`;
  if (error instanceof InputError) return "unusable-evidence";
  throw error;
}

const JUDGES_UNAVAILABLE = "judges-unavailable";
/** How long judges that do not answer are left alone, milliseconds. */
const JUDGES_PAUSE_MS = 30_000;

function nameOf({ pool, round }: RoundId): string {
  return `${pool}/${round}`;
}

export function createAssessor(parts: AssessorParts, clock: Clock = Date.now): Assessor {
  const { store, chain, book, signer } = parts;
  const pull = createPuller(parts, clock);
  const mirror = createMirror(parts, clock);
  const self = signer.address;

  /** Rounds whose judges did not answer, and until when they are left alone. */
  const pausedUntil = new Map<string, number>();

  function isPaused(id: RoundId): boolean {
    const until = pausedUntil.get(nameOf(id));
    if (until === undefined || clock() < until) return until !== undefined;
    pausedUntil.delete(nameOf(id));
    return false;
  }

  async function look(id: RoundId): Promise<Look> {
    const pool = await book.open(id.pool);
    const [facts, frozen, own, signed, messages] = await Promise.all([
      chain.finalized().then((block) => chain.roundFacts(id.pool, id.round, block)),
      readFrozen(store, id),
      readOwn(store, id),
      readSigned(store, id),
      messagesOf(store, id),
    ]);
    const schedule = roundSchedule(clockTerms(pool.terms), id.round);
    const { specHash } = pool.terms;
    const work = frozen === null ? null : { id, pool, of: { ...id, specHash, evidenceRoot: frozen.evidenceRoot } };
    return { work, pool, schedule, facts, own, signed: signed !== null, messages, tally: await count(work, messages) };

    async function count(at: RoundAtWork | null, envelopes: readonly Envelope[]): Promise<Tally | null> {
      if (at === null) return null;
      const time = parts.time();
      const closed = { commitsClosed: time >= schedule.commitBy, revealsClosed: time >= schedule.revealBy };
      return tally({ of: at.of, spec: pool.spec, envelopes, ...closed });
    }
  }

  function next(seen: Look): AssessorStep {
    const { own, messages, facts, schedule, pool } = seen;
    return decide({
      self,
      state: facts.state,
      time: parts.time(),
      schedule,
      threshold: pool.oracle.threshold,
      fetched: seen.work !== null,
      committed: own !== null,
      revealed: messages.some(({ kind, node }) => kind === "reveal" && node === self),
      signed: seen.signed,
      tally: seen.tally,
    });
  }

  /** @returns what keeps the step from being made, or `null` where it was made */
  async function make({ step }: AssessorStep, id: RoundId, seen: Look): Promise<string | null> {
    if (step === "fetch") {
      await fetchEvidence(parts, id, seen.pool.spec, seen.schedule);
      return null;
    }
    const work = seen.work!;
    if (step === "commit") return commitOnce(work, seen);
    if (step === "reveal") await reveal(parts, work, seen.own!);
    if (step === "sign") return sign(parts, work, seen.own, { tally: seen.tally!, messages: seen.messages });
    return null;
  }

  /** A node whose store was restored from before may have committed already: a second commit would make it a liar. */
  async function commitOnce(work: RoundAtWork, { pool }: Look): Promise<string | null> {
    await pull(
      work.id,
      pool.oracle.signers.filter((node) => node !== self),
    );
    const messages = await messagesOf(store, work.id);
    if (messages.some(({ kind, node }) => kind === "commit" && node === self)) return "committed-before";
    await commit(parts, work);
    return null;
  }

  /** After this node has signed, or can do no more: what it does for the others' sake. */
  async function writeUp(id: RoundId, seen: Look): Promise<void> {
    await publish(id, seen);
    const known = seen.work ?? decided(id, seen);
    if (known !== null) await mirror(known, seen.messages, seen.tally);
  }

  /** Writes the round up in this node's turn, unless somebody has already, with nothing left out. */
  async function publish(id: RoundId, seen: Look): Promise<void> {
    if (seen.work === null || seen.tally === null) return;
    const ready = await readyOf(seen);
    if (ready?.evidenceRoot !== seen.work.of.evidenceRoot || !seen.signed) return;
    if (await hasWholeBundle(store, id)) return;
    const since = await readySince(store, id, parts.time());
    const order = turnOrder(seen.pool.oracle.signers, id.pool, id.round);
    const from = turnFrom(order, self, since, parts.handoverSeconds);
    if (from === null || parts.time() < from) return;
    await publishBundle(parts, seen.work, seen.tally, ready, seen.messages);
  }

  /** The round as the chain has decided it, for a node that was away all the while: it can still hold the bundle against that. */
  function decided(id: RoundId, { pool, facts }: Look): RoundAtWork | null {
    const { evidenceRoot } = facts;
    if (evidenceRoot === zeroHash) return null;
    return { id, pool, of: { ...id, specHash: pool.terms.specHash, evidenceRoot } };
  }

  function readyOf({ messages, pool }: Look, id = messages[0]): Promise<ReadyAssessment | null> {
    if (id === undefined) return Promise.resolve(null);
    const { chainId, pool: address, round } = id;
    const of = { chainId, pool: address, round, specHash: pool.terms.specHash };
    return readyAssessment(messages, of, pool.oracle, parts.recover);
  }

  /** A pool whose spec is not to be had, or does not fit it, is waited for. */
  async function advance(id: RoundId): Promise<AssessorState> {
    try {
      return await goOn(id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { step: { step: "wait", for: "freeze" }, obstacle: error.reason };
    }
  }

  async function goOn(id: RoundId): Promise<AssessorState> {
    for (;;) {
      const seen = await look(id);
      if (!seen.pool.oracle.signers.includes(self)) return { step: { step: "over" }, obstacle: null };
      const step = next(seen);
      if (step.step === "wait" || step.step === "miss" || step.step === "over") {
        const more = await missing(id, seen, step);
        if (more) continue;
        await writeUp(id, await look(id));
        return { step, obstacle: step.step === "miss" ? step.reason : null };
      }
      if (step.step === "commit" && isPaused(id)) return { step, obstacle: JUDGES_UNAVAILABLE };
      const obstacle = await make(step, id, seen).catch(obstacleOf);
      if (obstacle === JUDGES_UNAVAILABLE) pausedUntil.set(nameOf(id), clock() + JUDGES_PAUSE_MS);
      if (obstacle !== null) return { step, obstacle };
    }
  }

  /** Looks whether the peers have what is missing here. @returns whether something came that allows another step */
  async function missing(id: RoundId, seen: Look, step: AssessorStep): Promise<boolean> {
    const others = seen.pool.oracle.signers.filter((node) => node !== self);
    if (seen.work === null || (await readyOf(seen)) !== null) {
      const known = seen.work ?? decided(id, seen);
      if (known !== null && !(await hasWholeBundle(store, id))) await pull(id, others);
      return false;
    }
    await pull(id, others);
    const again = await look(id);
    return again.messages.length > seen.messages.length && next(again).step !== step.step;
  }

  return {
    advance,
    async ready(id) {
      const seen = await look(id);
      const ready = await readyOf(seen);
      return ready === null ? null : { ...ready, since: await readySince(store, id, parts.time()) };
    },
  };
}
