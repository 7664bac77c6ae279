import type { Hex } from "viem";
import type { Envelope } from "../../domain/round/envelope.ts";
import type { RoundId } from "../../ports.ts";
import { PeerError } from "../../ports.ts";
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

/** Looks at what peers have of rounds, each not too often. */
export function createPuller(parts: Pick<AssessorParts, "peers" | "mailbox" | "log" | "pullMs">, now: () => number) {
  const pulled = new Map<string, number>();

  async function pullFrom(peer: Hex, id: RoundId): Promise<void> {
    for (const message of await parts.peers.messages(peer, id)) {
      if (message.round !== id.round || message.pool !== id.pool) continue;
      await parts.mailbox.take(message).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
    }
  }

  /** Takes what the peers have of a round. */
  return async (id: RoundId, from: readonly Hex[]): Promise<void> => {
    const key = `${id.pool}/${id.round}`;
    if (now() - (pulled.get(key) ?? -Infinity) < parts.pullMs) return;
    pulled.set(key, now());
    // Bounded: rounds that are over are never asked for again.
    if (pulled.size > 10_000) pulled.clear();
    const peers = from.filter((peer) => parts.peers.addresses.includes(peer));
    await Promise.all(
      peers.map((peer) =>
        pullFrom(peer, id).catch((error: unknown) => {
          if (!(error instanceof PeerError)) throw error;
          parts.log.debug({ peer, round: id.round, reason: error.reason }, "a peer did not show its messages");
        }),
      ),
    );
  };
}

function reasonOf(error: unknown): string {
  return error instanceof PeerError ? error.reason : "unexpected";
}
