import {
  BaseError,
  createPublicClient,
  http,
  HttpRequestError,
  TimeoutError,
  type HttpTransport,
  type PublicClient,
  type Transport,
} from "viem";
import { InputError } from "../../domain/errors.ts";
import { explainRevert } from "../../../contracts/protocol/errors.ts";
import type { Answer } from "./vote.ts";

/** How long an endpoint may take, and how often it is asked again. */
export interface Patience {
  /** Of one request, milliseconds. */
  readonly timeoutMs: number;
  /** How often a request is repeated that got no answer of the endpoint's. */
  readonly retries: number;
}

/** One endpoint of a chain. */
export interface Endpoint {
  /** From 1. */
  readonly number: number;
  ask<T>(read: (client: PublicClient) => Promise<T>): Promise<Answer<T>>;
}

/** Most bytes of an answer: an endpoint must not be able to fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const FIRST_PAUSE_MS = 100;

/** @param chainId gives the chain it must be of once that is known; until then it is not asked */
export function openEndpoint(url: string, number: number, patience: Patience, chainId: () => number | null): Endpoint {
  const client: PublicClient = createPublicClient({
    transport: patient(url, patience),
    cacheTime: 0,
    // A contract must not make a node fetch addresses of its choice.
    ccipRead: false,
  });
  let checked = false;

  async function isElsewhere(): Promise<boolean> {
    const expected = chainId();
    if (checked || expected === null) return false;
    checked = (await client.getChainId()) === expected;
    return !checked;
  }

  return {
    number,
    async ask(read) {
      try {
        if (await isElsewhere()) return { kind: "failed", how: "other-chain" };
        return { kind: "value", value: await read(client) };
      } catch (error) {
        const refusal = refusalOf(error);
        return refusal === null ? { kind: "failed", how: "fails" } : { kind: "refused", error: refusal };
      }
    },
  };
}

/** What the chain itself refused, in contrast to an endpoint that failed. */
function refusalOf(error: unknown): InputError | null {
  if (error instanceof InputError) return error;
  const revert = explainRevert(error);
  return revert === null ? null : new InputError(revert.message);
}

/** Repeats only what got no answer: an answer that says no would say it again. */
function patient(url: string, { timeoutMs, retries }: Patience): Transport {
  const plain: HttpTransport = http(url, {
    timeout: timeoutMs,
    retryCount: 0,
    maxResponseBodySize: MAX_ANSWER_BYTES,
  });
  return (config) => {
    const transport = plain({ ...config, retryCount: 0 });
    const request: typeof transport.request = async (...args) => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await transport.request(...args);
        } catch (error) {
          if (attempt >= retries || !isUnanswered(error)) throw error;
          await pause(FIRST_PAUSE_MS * 2 ** attempt);
        }
      }
    };
    return { ...transport, request };
  };
}

/** Whether a request got no answer: no connection, a time-out, a server too busy or broken. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const cause = error.walk((one) => one instanceof HttpRequestError || one instanceof TimeoutError);
  if (cause instanceof TimeoutError) return true;
  if (!(cause instanceof HttpRequestError)) return false;
  return cause.status === undefined || cause.status === 429 || cause.status >= 500;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
