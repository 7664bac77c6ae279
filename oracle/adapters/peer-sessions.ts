import { setTimeout as timer } from "node:timers/promises";
import { getAddress, type Hex } from "viem";
import { z } from "zod";
import { InputError } from "../domain/errors.ts";
import { signInMessage } from "../domain/sign-in.ts";
import { PeerError, type Clock, type NodeSigner } from "../ports.ts";
import { documentIn, posted, type AskPeer } from "./peer-requests.ts";

/** What asking in a node's own name takes. */
export interface PeerSessionParts {
  readonly ask: AskPeer;
  /** Where people reach a node, which is what is signed in to; `undefined` where none is set. */
  readonly publicUrl: (node: Hex) => string | undefined;
  readonly signer: Pick<NodeSigner, "address" | "signMessage">;
  readonly clock: Clock;
  /** Aborts when the process stops. */
  readonly stopping?: AbortSignal;
  readonly pause?: (ms: number) => Promise<void>;
}

/**
 * Asks a node in this node's name, who signs in for it and does so once again where the session is refused.
 * @throws PeerError where it is not let in; SignerError where the key cannot be used
 */
export type AskSignedIn = (node: Hex, chainId: number, path: string) => Promise<Response>;

interface Session {
  readonly token: string;
  /** Unix milliseconds, by the other node's clock. */
  readonly until: number;
}

/** Largest answer to a sign-in that is read, bytes. */
const MOST_BYTES = 64 * 1024;
/** How often a request waits where the node says there were too many, and how long at most, milliseconds: its window. */
const MOST_WAITS = 2;
const LONGEST_WAIT_MS = 60_000;

const nonceSchema = z.object({ nonce: z.string().regex(/^[0-9A-Za-z]{8,128}$/) });
const sessionSchema = z.object({
  /** As RFC 6750 spells a bearer token. */
  token: z.string().regex(/^[\w~+./-]{1,512}=*$/),
  expiresAt: z.iso.datetime({ offset: true }),
});

/** Requests with a session by EIP-4361, one for each node, kept in memory until it ends. Neither token nor signature is in an error. */
export function askSignedIn(parts: PeerSessionParts): AskSignedIn {
  const { ask, publicUrl, signer, clock, stopping } = parts;
  const pause = parts.pause ?? ((ms) => timer(ms, undefined, stopping && { signal: stopping }));
  /** Sessions, and sign-ins under way, which all requests to a node share. */
  const sessions = new Map<Hex, Promise<Session>>();

  /** @param refused a session that the node takes no longer */
  async function sessionAt(node: Hex, chainId: number, refused?: Session): Promise<Session> {
    const known = sessions.get(node);
    // Whatever time a new session claims to end at, it is used: else another clock could keep us signing in for ever.
    if (known === undefined) return begin(node, chainId);
    const session = await known;
    if (session !== refused && clock() < session.until) return session;
    end(node, known);
    return sessionAt(node, chainId, refused);
  }

  function begin(node: Hex, chainId: number): Promise<Session> {
    const session = signIn(node, chainId);
    sessions.set(node, session);
    session.catch(() => end(node, session));
    return session;
  }

  function end(node: Hex, session: Promise<Session>): void {
    if (sessions.get(node) === session) sessions.delete(node);
  }

  async function signIn(node: Hex, chainId: number): Promise<Session> {
    const { nonce } = await told(node, nonceSchema, "/v1/sign-in/nonce", { method: "POST" });
    const message = messageFor(node, chainId, nonce);
    const signature = await signer.signMessage(message);
    const { token, expiresAt } = await told(node, sessionSchema, "/v1/sign-in", posted({ message, signature }));
    return { token, until: Date.parse(expiresAt) };
  }

  function messageFor(node: Hex, chainId: number, nonce: string): string {
    const url = publicUrl(node);
    if (url === undefined) throw new PeerError("unknown", `no address is set for node ${node}`);
    try {
      const account = getAddress(signer.address);
      return signInMessage({ account, chainId, url, nonce, issuedAt: new Date(clock()) });
    } catch (error) {
      if (error instanceof InputError) throw new PeerError("unknown", `node ${node}: ${error.message}`);
      throw error;
    }
  }

  async function told<Schema extends z.ZodType>(
    node: Hex,
    schema: Schema,
    path: string,
    init: RequestInit,
  ): Promise<z.output<Schema>> {
    const answer = await documentIn(await patiently(node, path, init), schema, MOST_BYTES, node);
    if (answer === null) throw new PeerError("refused", `node ${node} signs nobody in`);
    return answer;
  }

  /** Comes again where it came too often, so that a round of many items is read all the same. */
  async function patiently(node: Hex, path: string, init: RequestInit): Promise<Response> {
    for (let waits = 0; ; waits++) {
      const response = await ask(node, path, init);
      if (response.status !== 429 || waits === MOST_WAITS) return response;
      await response.body?.cancel();
      await pause(waitOf(response)).catch(() => {
        throw new PeerError("refused", `node ${node} was asked too often, and this one stops`);
      });
    }
  }

  return async (node, chainId, path) => {
    const asWith = ({ token }: Session): Promise<Response> =>
      patiently(node, path, { headers: { authorization: `Bearer ${token}` } });
    const session = await sessionAt(node, chainId);
    const response = await asWith(session);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    return asWith(await sessionAt(node, chainId, session));
  };
}

/** Milliseconds of Retry-After, where it is a number of seconds. */
function waitOf(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return seconds >= 1 ? Math.min(1_000 * seconds, LONGEST_WAIT_MS) : 1_000;
}
