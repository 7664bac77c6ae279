import type { MediaType } from "../../domain/evidence.ts";
import type { Sandbox } from "./sandbox.ts";

/** What came of reading a file's text. */
type Read = { readonly text: string } | { readonly failed: "time-limit" | "memory-limit" | "unreadable" };

/** Reads the text of PDF and PNG in a sandbox: PDF as written, PNG by recognising English letters. */
export function textReader(sandbox: Sandbox): (content: { mediaType: MediaType; bytes: Uint8Array }) => Promise<Read> {
  return async ({ mediaType, bytes }) => {
    const task = mediaType === "application/pdf" ? "pdf-text" : "png-text";
    const answer = await sandbox.run({ task, bytes });
    return "pages" in answer ? { failed: "unreadable" } : answer;
  };
}
