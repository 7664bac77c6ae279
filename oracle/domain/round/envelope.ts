import { encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from "viem";
import { z } from "zod";
import { digestOf, poolDomain, typedData } from "../../../contracts/protocol/typed-data.ts";
import { canonicalHash } from "../canonical.ts";
import { addressSchema, bytes32Schema, hexSchema, signatureSchema } from "../schema.ts";
import { signatureProblem } from "../signatures.ts";
import type { RoundSchedule } from "./schedule.ts";

/** Version of what nodes say to each other. A node takes only its own. */
export const PEER_VERSION = 1;

/** What nodes tell each other of a round, in the order in which they do. */
export const MESSAGE_KINDS = ["commit", "reveal", "assessment", "bundle"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Longest text in a message: the vector of the largest pool, with room. */
const MAX_TEXT = 66_000;
/** Half of a character has no form in UTF-8, and so no hash. */
const HALF_CHARACTER = /\p{Cs}/u;

/** What is said: a few texts by name. Nothing deeper, so that whatever is taken can be read, hashed and written again anywhere. */
const bodySchema = z
  .record(
    z.string().regex(/^[A-Za-z]{1,32}$/),
    z
      .string()
      .max(MAX_TEXT)
      .refine((text) => !HALF_CHARACTER.test(text), "must be text in Unicode"),
  )
  .refine((body) => Object.keys(body).length <= 8, "must have at most 8 parts");

/**
 * A message of a node about a round, signed as EIP-712 `PeerMessage` in the pool's domain, so that it counts for one chain, pool and
 * round; with its deadline it counts for no later time. The body is hashed in canonical form.
 */
export const envelopeSchema = z.strictObject({
  version: z.int().min(0).max(65_535),
  kind: z.enum(MESSAGE_KINDS),
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0).max(519),
  node: addressSchema,
  /** Block time from which it is no longer taken, seconds. */
  deadline: z.int().min(0),
  body: bodySchema,
  signature: signatureSchema,
});
export type Envelope = z.output<typeof envelopeSchema>;

/** "I have found something in this evidence": the hash that binds the node to its report without showing it. */
export const commitBodySchema = z.strictObject({
  specHash: bytes32Schema,
  evidenceRoot: bytes32Schema,
  commitment: bytes32Schema,
});

/** "This is what I found": the report, signed as EIP-712 `Report`, and the salt that opens the commitment. */
export const revealBodySchema = z.strictObject({ vector: hexSchema, signature: signatureSchema, salt: bytes32Schema });

/** Nodes by address, ascending, separated by commas. */
const nodeListSchema = z
  .string()
  .regex(/^0x[0-9a-f]{40}(?:,0x[0-9a-f]{40})*$/, "must be addresses separated by commas")
  .refine((text) => text.split(",").every((one, i, all) => i === 0 || all[i - 1]! < one), "must be ascending");

/**
 * "This is what all reports amount to": the node's signature over the `Assessment`. Where words are judged reports differ, so it says
 * whose reports were joined.
 */
export const assessmentBodySchema = z.strictObject({
  evidenceRoot: bytes32Schema,
  scores: hexSchema,
  signature: signatureSchema,
  reporters: nodeListSchema.optional(),
});

/** "The round's bundle can be had from me": keccak256 of its bytes. */
export const bundleBodySchema = z.strictObject({ hash: bytes32Schema });

export type CommitBody = z.output<typeof commitBodySchema>;
export type RevealBody = z.output<typeof revealBodySchema>;
export type AssessmentBody = z.output<typeof assessmentBodySchema>;

const DEADLINES = {
  commit: "commitBy",
  reveal: "revealBy",
  assessment: "silenceAt",
  bundle: "publishBy",
} as const satisfies Record<MessageKind, keyof RoundSchedule>;

/** Until when a kind of message is taken. */
export function deadlineOf(kind: MessageKind, schedule: RoundSchedule): number {
  return schedule[DEADLINES[kind]];
}

/** What a node signs of a message. */
export function envelopeData({ version, kind, chainId, pool, round, deadline, body }: Omit<Envelope, "signature">) {
  const message = { version, kind, round, bodyHash: canonicalHash(body), deadline: BigInt(deadline) };
  return typedData("PeerMessage", poolDomain(chainId, pool), message);
}

/** What is wrong with a message's signature, or `null`. */
export function envelopeProblem(envelope: Envelope): Promise<string | null> {
  return signatureProblem(digestOf(envelopeData(envelope)), envelope);
}

const COMMITMENT = parseAbiParameters("address, bytes32, bytes32");

/**
 * keccak256 of the ABI encoding of node, digest of its `Report`, and salt. With the node in it, nobody can pass another's
 * commitment off as its own.
 */
export function commitmentOf(node: Hex, reportDigest: Hex, salt: Hex): Hex {
  return keccak256(encodeAbiParameters(COMMITMENT, [node, reportDigest, salt]));
}
