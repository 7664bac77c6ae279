import type { Hex } from "viem";
import type { Envelope } from "../../domain/round/envelope.ts";
import type { RoundId } from "../../ports.ts";
import { PeerError } from "../../ports.ts";
import { sayTheSame } from "../../store/agreement.ts";
import { Refusal } from "../refusal.ts";
import type { AssessorParts } from "./parts.ts";

/** Tells all peers at once. Who does not hear it now finds it when it looks: every node shows what it has taken. */
export async function broadcast(
  { peers, log }: Pick<AssessorParts, "peers" | "log">,
  message: Envelope,
): Promise<void> {
  const { kind, pool, round } = message;
  await Promise.all(
    peers.addresses.map((peer) =>
      peers.send(peer, message).catch((error: unknown) => {
        log.warn({ peer, kind, pool, round, reason: reasonOf(error) }, "a peer did not take a message");
      }),
    ),
  );
}

/** Takes what these nodes have of a round, and gives them what this node said and they lack; not more often than is set. */
export type Pull = (id: RoundId, from: readonly Hex[]) => Promise<void>;

/** Looks at what peers have of rounds, each not too often. */
export function createPuller(
  parts: Pick<AssessorParts, "peers" | "mailbox" | "log" | "pullMs" | "signer">,
  now: () => number,
): Pull {
  const { peers, mailbox, log, signer } = parts;
  const pulled = new Map<string, number>();

  async function pullFrom(peer: Hex, id: RoundId): Promise<void> {
    const theirs = await peers.messages(peer, id);
    for (const message of theirs) {
      if (message.round !== id.round || message.pool !== id.pool) continue;
      await mailbox.take(message).catch((error: unknown) => {
        // What one peer passes on must not keep the others' messages away.
        if (!(error instanceof Refusal)) log.warn({ peer, round: id.round, error }, "a message could not be taken");
      });
    }
    await giveMissing(peer, id, theirs);
  }

  /** What was not sent because this process was killed, or not taken because that one was away. */
  async function giveMissing(peer: Hex, id: RoundId, theirs: readonly Envelope[]): Promise<void> {
    const known = theirs.filter(({ node }) => node === signer.address);
    const own = (await mailbox.messages(id)).filter(({ node }) => node === signer.address);
    for (const message of own) {
      if (!known.some((one) => sayTheSame(one, message))) await peers.send(peer, message);
    }
  }

  /** Looks so long ago hold nobody back any more; the oldest come first. */
  function forgetOld(): void {
    for (const [key, at] of pulled) {
      if (now() - at < parts.pullMs) return;
      pulled.delete(key);
    }
  }

  return async (id, from) => {
    const key = `${id.pool}/${id.round}`;
    if (now() - (pulled.get(key) ?? -Infinity) < parts.pullMs) return;
    pulled.delete(key);
    pulled.set(key, now());
    forgetOld();
    await Promise.all(
      from
        .filter((peer) => peers.addresses.includes(peer))
        .map((peer) =>
          pullFrom(peer, id).catch((error: unknown) => {
            if (!(error instanceof PeerError)) throw error;
            log.debug({ peer, round: id.round, reason: error.reason }, "a peer did not show or take messages");
          }),
        ),
    );
  };
}

function reasonOf(error: unknown): string {
  return error instanceof PeerError ? error.reason : "unexpected";
}
