import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

/** What is asked of a file. */
export interface SandboxTask {
  readonly task: "pdf-facts" | "pdf-text" | "png-text";
  readonly bytes: Uint8Array;
}

export type SandboxAnswer =
  | { readonly pages: number; readonly encrypted: boolean }
  | { readonly text: string }
  | { readonly failed: "unreadable" };

const LANGUAGE = "eng";
const LSTM_ONLY = 1;

async function answer({ task, bytes }: SandboxTask): Promise<SandboxAnswer> {
  try {
    if (task === "png-text") return { text: await pictureText(bytes) };
    return await (task === "pdf-facts" ? pdfFacts(bytes) : pdfText(bytes));
  } catch {
    return { failed: "unreadable" };
  }
}

async function openPdf(bytes: Uint8Array) {
  const { getDocumentProxy } = await import("unpdf");
  const data = Uint8Array.from(bytes);
  return getDocumentProxy(data, { useSystemFonts: false, verbosity: 0 });
}

async function pdfFacts(bytes: Uint8Array): Promise<SandboxAnswer> {
  try {
    const pdf = await openPdf(bytes);
    const { info } = await pdf.getMetadata();
    return { pages: pdf.numPages, encrypted: (info as Record<string, unknown>)["EncryptFilterName"] != null };
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") return { pages: 0, encrypted: true };
    throw error;
  }
}

async function pdfText(bytes: Uint8Array): Promise<SandboxAnswer> {
  const { extractText } = await import("unpdf");
  const { text } = await extractText(await openPdf(bytes), { mergePages: false });
  return { text: text.join("\n\n") };
}

/** Offline: the model comes with a package, and nothing is kept. */
async function pictureText(bytes: Uint8Array): Promise<string> {
  const { createWorker } = await import("tesseract.js");
  const data = dirname(createRequire(import.meta.url).resolve("@tesseract.js-data/eng/package.json"));
  const worker = await createWorker(LANGUAGE, LSTM_ONLY, {
    langPath: join(data, "4.0.0_best_int"),
    cacheMethod: "none",
    gzip: true,
  });
  try {
    const { data: read } = await worker.recognize(Buffer.from(bytes));
    return read.text;
  } finally {
    await worker.terminate();
  }
}

// Only in a thread that was given a task: whoever imports this for its types starts nothing.
if (parentPort !== null && isTask(workerData)) parentPort.postMessage(await answer(workerData));

function isTask(data: unknown): data is SandboxTask {
  return typeof data === "object" && data !== null && "task" in data && "bytes" in data;
}
