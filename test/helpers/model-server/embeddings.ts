import { createHash } from "node:crypto";
import type { Fault } from "./faults.ts";
import type { Body } from "./http.ts";
import { tokensIn } from "./usage.ts";

const DIMENSIONS = 64;

/** A vector of length 1 from runs of three characters, so that texts which share them are near one another. */
function embeddingOf(text: string): number[] {
  const sums = new Array<number>(DIMENSIONS).fill(0);
  const points = Array.from(`  ${text.toLowerCase()}  `);
  for (let at = 0; at + 3 <= points.length; at++) {
    const digest = createHash("sha256")
      .update(points.slice(at, at + 3).join(""))
      .digest();
    sums[digest[0]! % DIMENSIONS]! += digest[1]! % 2 === 0 ? 1 : -1;
  }
  const length = Math.sqrt(sums.reduce((sum, one) => sum + one * one, 0)) || 1;
  return sums.map((one) => one / length);
}

/** The answer of `POST /v1/embeddings`. */
export function embeddingsBody(texts: readonly string[], { model, encoding_format: format }: Body, fault: Fault) {
  const data = texts.map((text, index) => ({
    object: "embedding",
    index,
    embedding: encoded(embeddingOf(text), format),
  }));
  const tokens = texts.reduce((sum, text) => sum + tokensIn(text), 0);
  return {
    object: "list",
    model: fault.kind === "wrong-model" ? fault.model : model,
    data: fault.kind === "empty" ? [] : data,
    ...(fault.kind === "no-usage" ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

/** As the protocol writes it: numbers, or little-endian floats of 32 bits in base64. */
function encoded(vector: readonly number[], format: unknown): number[] | string {
  if (format !== "base64") return [...vector];
  return Buffer.from(new Float32Array(vector).buffer).toString("base64");
}
