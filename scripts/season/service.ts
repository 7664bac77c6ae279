import type { Address, Hex, PrivateKeyAccount } from "viem";
import { z } from "zod";
import { bundleSchema, cosignatureSchema, type Bundle, type Cosignature } from "../../oracle/domain/bundle.ts";
import { canonicalJson, readDocument } from "../../oracle/domain/canonical.ts";
import { evidenceItemSchema, type EvidenceItem, type MediaType } from "../../oracle/domain/evidence.ts";
import type { SealRequest } from "../../oracle/domain/messages.ts";
import { receiptSchema, type Receipt } from "../../oracle/domain/receipt.ts";
import { signInMessage } from "../../oracle/domain/sign-in.ts";
import { specHash, type OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";
import { bearer, post, requestsTo } from "./requests.ts";

/** A document as it is sent. */
export interface SentDocument {
  readonly name: string;
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
  readonly private: boolean;
  /** Account of whom a private document is about. */
  readonly subject?: Address;
}

/** A node's public API, as buyers, senders and auditors use it. */
export interface Service {
  /** Signs in with Ethereum. @returns the session's token */
  signIn(account: PrivateKeyAccount, chainId: number): Promise<string>;
  /** Makes an API key for the telemetry of a pool. @returns the key, which is shown once */
  makeKey(token: string, pool: Address, name: string): Promise<string>;
  putSpec(token: string, spec: OutcomeSpec): Promise<void>;
  sendTelemetry(key: string, pool: Address, round: number, file: EvidenceFile): Promise<void>;
  /** Sends a document as who signed in. @returns its receipt, which names its leaf */
  sendDocument(token: string, pool: Address, round: number, document: SentDocument): Promise<Receipt>;
  /** A private item, for those who may read it. */
  privateItem(token: string, pool: Address, round: number, leaf: Hex): Promise<EvidenceItem>;
  /** Where the node is with a round, by the name its API gives it. */
  progress(pool: Address, round: number): Promise<string>;
  /** The bundles the node holds of a round. */
  bundles(pool: Address, round: number): Promise<Bundle[]>;
  seal(request: SealRequest): Promise<Cosignature>;
}

const tokenSchema = z.object({ token: z.string() });
const nonceSchema = z.object({ nonce: z.string() });
const openedSchema = z.object({ item: evidenceItemSchema });
/** Null before the node has looked at the round. */
const progressSchema = z.object({ progress: z.string().nullable() });
const hashesSchema = z.object({ bundles: z.array(z.string()) });

/** @param url where the node answers, without a slash at the end */
export function serviceAt(url: string): Service {
  const { call, json } = requestsTo(url);

  return {
    async signIn(account, chainId) {
      const { nonce } = await json(nonceSchema, "/v1/sign-in/nonce", { method: "POST" });
      const message = signInMessage({ account: account.address, chainId, url, nonce, issuedAt: new Date() });
      const signature = await account.signMessage({ message });
      return (await json(tokenSchema, "/v1/sign-in", post({ message, signature }))).token;
    },
    async makeKey(token, pool, name) {
      const wanted = { name, scopes: ["telemetry:write"] };
      return (await json(tokenSchema, `/v1/pools/${pool}/keys`, post(wanted, token))).token;
    },
    async putSpec(token, spec) {
      const headers = { "content-type": "application/json", ...bearer(token) };
      await call(`/v1/specs/${specHash(spec)}`, { method: "PUT", headers, body: canonicalJson(spec) });
    },
    async sendTelemetry(key, pool, round, { name, mediaType, bytes }) {
      const path = `/v1/pools/${pool}/rounds/${round}/telemetry/${encodeURIComponent(name)}/0`;
      const headers = { "content-type": mediaType, ...bearer(key) };
      await call(path, { method: "POST", headers, body: bytes.slice() });
    },
    async sendDocument(token, pool, round, { name, mediaType, bytes, private: hidden, subject }) {
      const query = new URLSearchParams({ name, private: String(hidden), ...(subject && { subject }) });
      const headers = { "content-type": mediaType, ...bearer(token) };
      const path = `/v1/pools/${pool}/rounds/${round}/documents?${query.toString()}`;
      return json(receiptSchema, path, { method: "POST", headers, body: bytes.slice() });
    },
    async privateItem(token, pool, round, leaf) {
      const path = `/v1/pools/${pool}/rounds/${round}/evidence/${leaf}`;
      return (await json(openedSchema, path, { headers: bearer(token) })).item;
    },
    progress: async (pool, round) => {
      return (await json(progressSchema, `/v1/pools/${pool}/rounds/${round}`)).progress ?? "collecting";
    },
    async bundles(pool, round) {
      const { bundles } = await json(hashesSchema, `/v1/pools/${pool}/rounds/${round}/bundles`);
      return Promise.all(
        bundles.map(async (hash) => readDocument(`bundle ${hash}`, await call(`/v1/bundles/${hash}`), bundleSchema)),
      );
    },
    seal: (request) => json(cosignatureSchema, "/v1/seals", post(request)),
  };
}
