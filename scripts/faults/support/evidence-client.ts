import { setTimeout as pause } from "node:timers/promises";
import type { Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { z } from "zod";
import type { OutcomeSpec } from "../../../oracle/domain/spec.ts";
import { receiptSchema, type Receipt } from "../../../oracle/domain/receipt.ts";
import { serviceAt } from "../../season/service.ts";

const ANSWER_MS = 20_000;
/** How long somebody goes on trying. */
const PATIENCE_MS = 40_000;
const TRY_MS = 25;

/** What is sent for a round. */
export interface SentItem {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Somebody who sends evidence to a node that may die at any time, and so sends again until it is acknowledged. */
export interface EvidenceClient {
  /** Signs in again before the next thing that needs it. */
  forget(): void;
  /** Brings the spec and makes an API key for the pool's telemetry. */
  makeKey(spec: OutcomeSpec): Promise<{ readonly id: string; readonly token: string }>;
  revokeKey(id: string): Promise<void>;
  /** @returns the receipt the node gave */
  sendTelemetry(token: string, round: number, sequence: number, item: SentItem): Promise<Receipt>;
  sendDocument(round: number, item: SentItem, hidden: boolean): Promise<Receipt>;
  erase(round: number, leaf: Hex): Promise<void>;
}

const keySchema = z.object({ id: z.string(), token: z.string() });

/** @param account the pool's manager */
export function evidenceClient(url: string, account: PrivateKeyAccount, chainId: number, pool: Hex): EvidenceClient {
  const service = serviceAt(url);

  let session: string | null = null;

  /** One session serves as long as the node knows it: sign-ins are limited. */
  const signedIn = <Result>(step: (token: string) => Promise<Result>): Promise<Result> =>
    patiently(async () => {
      session ??= await service.signIn(account, chainId);
      try {
        return await step(session);
      } catch (error) {
        if (error instanceof Error && error.message.includes(": 401 ")) session = null;
        throw error;
      }
    });

  async function send(path: string, token: string, { mediaType, bytes }: SentItem): Promise<Receipt> {
    const response = await call(url, path, "POST", token, mediaType, bytes);
    return receiptSchema.parse(await response.json());
  }

  const rounds = `/v1/pools/${pool}/rounds`;
  return {
    forget() {
      session = null;
    },
    makeKey: (spec) =>
      signedIn(async (token) => {
        await service.putSpec(token, spec);
        const body = new TextEncoder().encode(JSON.stringify({ name: "flights", scopes: ["telemetry:write"] }));
        const response = await call(url, `/v1/pools/${pool}/keys`, "POST", token, "application/json", body);
        return keySchema.parse(await response.json());
      }),
    revokeKey: (id) =>
      signedIn(async (token) => {
        await call(url, `/v1/pools/${pool}/keys/${id}`, "DELETE", token, null, null, [404]);
      }),
    sendTelemetry: (token, round, sequence, item) =>
      patiently(() => send(`${rounds}/${round}/telemetry/${item.name}/${sequence}`, token, item)),
    sendDocument: (round, item, hidden) =>
      signedIn((token) => send(`${rounds}/${round}/documents?name=${item.name}&private=${hidden}`, token, item)),
    erase: (round, leaf) =>
      signedIn(async (token) => {
        await call(url, `${rounds}/${round}/evidence/${leaf}`, "DELETE", token, null, null, [404, 410]);
      }),
  };
}

async function call(
  url: string,
  path: string,
  method: string,
  token: string,
  mediaType: string | null,
  body: Uint8Array | null,
  fine: readonly number[] = [],
): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(mediaType !== null && { "content-type": mediaType }) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    signal,
    ...(body !== null && { body: body.slice() }),
  });
  if (response.ok || fine.includes(response.status)) return response;
  throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/** Tries again for a while, whatever fails. */
export async function patiently<Result>(step: () => Promise<Result>): Promise<Result> {
  for (const end = Date.now() + PATIENCE_MS; ; await pause(TRY_MS)) {
    try {
      return await step();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
  }
}
