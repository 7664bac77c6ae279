import type { Hex } from "viem";
import { canonicalHash } from "../../canonical.ts";

/** What a model is told before it sees anything of a case. A changed text is another version, and so another hash. */
export interface Prompt {
  readonly name: string;
  readonly version: number;
  readonly text: string;
}

/** keccak256 of the prompt's canonical JSON: what records and reports name it by. */
export function promptHash(prompt: Prompt): Hex {
  return canonicalHash(prompt);
}
