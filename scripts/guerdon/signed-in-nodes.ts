import { toHex, type Hex, type LocalAccount } from "viem";
import type { z } from "zod";
import { askPeers, documentIn } from "../../oracle/adapters/peer-requests.ts";
import { askSignedIn } from "../../oracle/adapters/peer-sessions.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { PeerError } from "../../oracle/ports.ts";

/** How long a node may take to answer, milliseconds. */
const ANSWER_MS = 60_000;

/** What a node answers: a document, that it is gone, or that it knows of none. */
export type Told<Value> = { readonly value: Value } | "gone" | "unknown";

/** Nodes that an account asks in its own name, each at the address that people know it by. */
export interface SignedInNodes {
  readonly urls: readonly string[];
  /**
   * Asks one of them, and signs in there first where that was not done yet.
   * @param most bytes of an answer that are read
   * @throws InputError naming the node where it refuses this account, does not answer, or answers in another form
   */
  ask<Schema extends z.ZodType>(
    url: string,
    path: string,
    schema: Schema,
    most: number,
  ): Promise<Told<z.output<Schema>>>;
}

const FAULTS: Readonly<Record<PeerError["reason"], string>> = {
  unknown: "cannot be signed in to",
  unreachable: "does not answer",
  refused: "refuses what it is asked",
  malformed: "answers in another form",
};

export function signedInNodes(
  urls: readonly string[],
  account: Pick<LocalAccount, "address" | "signMessage">,
  chainId: number,
): SignedInNodes {
  // A node says nowhere which account is its own, so here each has the number of its place.
  const places = new Map(urls.map((url, i): [string, Hex] => [url, toHex(i, { size: 20 })]));
  const known = new Map([...places].map(([url, place]) => [place, url]));
  const signer = {
    address: account.address.toLowerCase() as Hex,
    signMessage: (message: string) => account.signMessage({ message }),
  };
  const ask = askPeers({ urls: () => known, timeoutMs: ANSWER_MS });
  const asked = askSignedIn({ ask, publicUrl: (place) => known.get(place), signer, clock: Date.now });
  return {
    urls,
    async ask(url, path, schema, most) {
      const place = places.get(url)!;
      const told = (problem: string): InputError => new InputError(problem, { field: "--node", value: url });
      try {
        const response = await asked(place, chainId, path);
        if (response.status === 403) throw told(`the node refuses it to ${account.address}`);
        if (response.status === 410 || response.status === 421) {
          await response.body?.cancel();
          return response.status === 410 ? "gone" : "unknown";
        }
        const value = await documentIn(response, schema, most, place);
        return value === null ? "unknown" : { value };
      } catch (error) {
        if (error instanceof PeerError) throw told(`the node ${FAULTS[error.reason]}`);
        throw error;
      }
    },
  };
}
