import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { deadlineOf, envelopeData, PEER_VERSION, type Envelope } from "../../domain/round/envelope.ts";
import { roundSchedule, type RoundSchedule } from "../../domain/round/schedule.ts";
import { fastDigest } from "../../domain/digest.ts";
import { signatureProblem, type Recover } from "../../domain/signatures.ts";
import type { RoundId, Store } from "../../ports.ts";
import { keepMessage, messagesOf, noteHeard } from "../../store/agreement.ts";
import { Refusal } from "../refusal.ts";
import { isProposed } from "./agree.ts";
import type { PoolBook } from "./pool-book.ts";

/** Takes the messages of other nodes. */
export interface Mailbox {
  /**
   * Keeps a message that counts. The same message again changes nothing.
   * @returns whether it is new
   * @throws Refusal with reason `other-version`, `unknown-pool`, `other-chain`, `no-such-round`, `not-a-node`, `wrong-deadline`,
   * `too-early`, `expired` or `bad-signature`
   */
  take(envelope: Envelope): Promise<boolean>;
  /** All messages of a round that were taken. */
  messages(id: RoundId): Promise<Envelope[]>;
}

/** What a mailbox is made of. */
export interface MailboxParts {
  readonly chainId: number;
  readonly store: Store;
  readonly book: PoolBook;
  /** Time of the newest block, seconds. */
  readonly time: () => number;
  readonly recover: Recover;
  /** Told of what was taken and is new. */
  readonly onNew: (id: RoundId) => void;
}

export function createMailbox(parts: MailboxParts): Mailbox {
  const { store, book, recover } = parts;

  /** A report that another node heard in time and has joined is taken late too: else that node could not be followed. */
  async function requireWanted(envelope: Envelope, id: RoundId, { silenceAt }: RoundSchedule): Promise<void> {
    const { kind, node, deadline } = envelope;
    const isReport = kind === "commit" || kind === "reveal";
    if (isReport && parts.time() < silenceAt && isProposed(await messagesOf(store, id), node)) return;
    throw new Refusal("expired", `the deadline was ${deadline}, it is ${parts.time()}`);
  }

  return {
    async take(envelope) {
      const facts = await book.facts(envelope.pool);
      if (facts === null) throw new Refusal("unknown-pool", `pool ${envelope.pool} is not known here`);
      const { terms, oracle } = facts;
      if (!oracle.signers.includes(envelope.node)) {
        throw new Refusal("not-a-node", `${envelope.node} is no node of the pool's oracle`);
      }
      requireOfRound(envelope, parts.chainId, terms.rounds);
      const id = { chainId: envelope.chainId, pool: envelope.pool, round: envelope.round };
      const schedule = roundSchedule(clockTerms(terms), envelope.round);
      requireInTime(envelope, schedule, parts.time());
      if (parts.time() >= envelope.deadline) await requireWanted(envelope, id, schedule);
      const problem = await signatureProblem(fastDigest(envelopeData(envelope)), envelope, recover);
      if (problem !== null) throw new Refusal("bad-signature", problem);
      const isNew = await keepMessage(store, id, envelope);
      if (isNew && envelope.kind === "reveal") await noteHeard(store, id, envelope.node, parts.time());
      if (isNew) parts.onNew(id);
      return isNew;
    },
    messages: (id) => messagesOf(store, id),
  };
}

function requireOfRound({ version, chainId, round }: Envelope, ours: number, rounds: number): void {
  if (version !== PEER_VERSION) throw new Refusal("other-version", `version ${version} is not ${PEER_VERSION}`);
  if (chainId !== ours) throw new Refusal("other-chain", `chain ${chainId} is not ${ours}`);
  if (round >= rounds) throw new Refusal("no-such-round", `round ${round} is not one of ${rounds}`);
}

/** Deadlines follow from the terms, so a message that names another one is of no round of this pool. */
function requireInTime({ kind, deadline }: Envelope, schedule: RoundSchedule, time: number): void {
  const due = deadlineOf(kind, schedule);
  if (deadline !== due) throw new Refusal("wrong-deadline", `the deadline of a ${kind} is ${due}, not ${deadline}`);
  if (time < schedule.end) throw new Refusal("too-early", `the round ends at ${schedule.end}, it is ${time}`);
}
