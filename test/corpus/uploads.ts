import { gzipSync } from "node:zlib";
import { PDFDocument } from "pdf-lib";
import type { IntakeReason } from "../../oracle/domain/evidence-refusal.ts";
import type { Request_ } from "../http/evidence-play.ts";
import { pdfOf, pngChunk, pngHeader, pngOf, PNG_SIGNATURE, zipOf } from "../roles/intake/files.ts";
import { CSV, MANAGER, POOL, PROVIDER, STRANGER } from "../roles/intake/fixture.ts";

/** Something hostile or broken that is sent, and why it is refused. Nothing of it may be stored. */
export interface Upload extends Request_ {
  readonly name: string;
  /** Below the round, or from the root where it begins with a slash. */
  readonly path: string;
  readonly reason: IntakeReason;
}

type Draft = Omit<Upload, "name" | "reason"> & { readonly path: string };

const bytes = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

const ZIP = zipOf("a.txt", Buffer.from("hello"));
const telemetry = (body: Uint8Array | string, type = "text/csv", path = "telemetry/up.csv/0"): Draft => ({
  path,
  type,
  body,
});
const doc = (type: string, body: Uint8Array | string, name = "letter"): Draft => ({
  path: `documents?name=${encodeURIComponent(name)}`,
  type,
  body,
});
const named = (name: string): Draft => doc("text/plain", "fine", name);
const telemetryNamed = (name: string): Draft => telemetry(CSV, "text/csv", `telemetry/${encodeURIComponent(name)}/0`);

/** All cases, by the reason they are refused for. */
export async function uploads(): Promise<Upload[]> {
  const pdf = await pdfOf(["fine"]);
  const groups: Partial<Record<IntakeReason, Record<string, Draft>>> = {
    archive: {
      "a zip as CSV": telemetry(ZIP),
      "a zip as PDF": doc("application/pdf", ZIP),
      "a zip as PNG": doc("image/png", ZIP, "photo.png"),
      "a zip as text": doc("text/plain", ZIP, "letter.txt"),
      "gzip as CSV": telemetry(gzipSync(CSV)),
      "gzip as JSON": telemetry(gzipSync("[]"), "application/json"),
      "a bomb of gzip as text": doc("text/plain", gzipSync(Buffer.alloc(8_000_000)), "zeros.txt"),
      "7z as text": doc("text/plain", bytes("7z\xbc\xaf\x27\x1c\0\x04", Buffer.alloc(64))),
      "rar as PDF": doc("application/pdf", bytes("Rar!\x1a\x07\x01\0", Buffer.alloc(64))),
      "bzip2 as text": doc("text/plain", bytes("BZh91AY&SY", Buffer.alloc(64))),
      "xz as CSV": telemetry(bytes("\xfd7zXZ\0", Buffer.alloc(64))),
      "zstd as CSV": telemetry(bytes("\x28\xb5\x2f\xfd", Buffer.alloc(64))),
      "tar as text": doc("text/plain", tarOf("a.txt", "hello")),
      "a cabinet as PNG": doc("image/png", bytes("MSCF\0\0\0\0", Buffer.alloc(64))),
      "a Java archive as PDF": doc(
        "application/pdf",
        zipOf("META-INF/MANIFEST.MF", Buffer.from("Manifest-Version: 1.0\n")),
      ),
    },
    executable: {
      "a Windows program as text": doc("text/plain", bytes("MZ\x90\0", Buffer.alloc(256)), "letter.txt"),
      "a Linux program as CSV": telemetry(bytes("\x7fELF\x02\x01\x01", Buffer.alloc(64))),
      "a Mac program as PDF": doc("application/pdf", bytes("\xcf\xfa\xed\xfe", Buffer.alloc(64))),
      "WebAssembly as PNG": doc("image/png", bytes("\0asm\x01\0\0\0")),
      "a shell script as text": doc("text/plain", "#!/bin/sh\nrm -rf ~\n", "notes.txt"),
      "a script with a byte order mark": doc("text/plain", bytes("\xef\xbb\xbf#!/bin/sh\n")),
    },
    office: {
      "a Word document as text": doc("text/plain", bytes("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Buffer.alloc(512))),
      "an RTF document as text": doc("text/plain", "{\\rtf1\\ansi{\\object\\objdata}}"),
      "a docx as PDF": doc("application/pdf", officeOf("word/document.xml", "wordprocessingml.document")),
      "an OpenDocument as PDF": doc(
        "application/pdf",
        zipOf("mimetype", Buffer.from("application/vnd.oasis.opendocument.text")),
      ),
    },
    "type-mismatch": {
      "a GIF as PNG": doc("image/png", bytes("GIF89a", Buffer.alloc(32))),
      "a JPEG as PNG": doc("image/png", bytes("\xff\xd8\xff\xe0", Buffer.alloc(32))),
      "a PNG as PDF": doc("application/pdf", pngOf(2, 2)),
      "a PDF as PNG": doc("image/png", pdf),
      "a PDF as text": doc("text/plain", "%PDF-1.4\nhello"),
      "a PDF as CSV": telemetry("%PDF-1.4,b\n1,2\n"),
      "PostScript as text": doc("text/plain", "%!PS-Adobe-3.0\nshowpage\n"),
      "text as PDF": doc("application/pdf", "just text"),
      "HTML as PNG": doc("image/png", "<script>alert(1)</script>"),
      "SVG as CSV": doc("text/csv", '<?xml version="1.0"?><svg onload="alert(1)"/>\n1\n'),
    },
    polyglot: {
      "a PDF that begins as HTML": doc("application/pdf", bytes("<script>alert(1)</script>\n", pdf)),
      "a PDF that begins as a program": doc("application/pdf", bytes("MZ\n", pdf)),
      "a PDF with a zip behind it": doc("application/pdf", bytes(pdf, ZIP)),
      "a PDF with a zip before its end": doc("application/pdf", bytes(pdf, zipOf("a", Buffer.from("b"), "\n%%EOF"))),
      "a PDF with a page behind it": doc("application/pdf", bytes(pdf, "<html><script>alert(1)</script>")),
      "a PDF with a rar within": doc("application/pdf", bytes(pdf, "\n% Rar!\x1a\x07\0\n%%EOF\n")),
      "a PDF that is a tar as well": doc("application/pdf", bytes(tarOf("%PDF-1.4", "hello"), "\n%%EOF\n")),
      "a PNG with a zip behind it": doc("image/png", bytes(pngOf(2, 2), ZIP)),
      "a PNG with a script behind it": doc("image/png", bytes(pngOf(2, 2), "<script>alert(1)</script>")),
      "a PNG with a zip in a chunk": doc("image/png", pngOf(2, 2, [pngChunk("teXt", ZIP)])),
      "a PNG with a 7z in a chunk": doc("image/png", pngOf(2, 2, [pngChunk("teXt", bytes("7z\xbc\xaf\x27\x1c"))])),
    },
    "png-pixels": {
      "a picture of four billion pixels": doc("image/png", pngOf2(65_535, 65_535)),
      "a picture a pixel too large": doc("image/png", pngOf2(40_000_001, 1)),
    },
    "png-broken": {
      "a PNG cut off": doc("image/png", pngOf(8, 8).subarray(0, -6)),
      "a PNG with a wrong check sum": doc("image/png", flipped(pngOf(8, 8), 30)),
      "a PNG without a header": doc("image/png", bytes(PNG_SIGNATURE, pngChunk("IDAT"), pngChunk("IEND"))),
      "a PNG with two headers": doc("image/png", pngOf(2, 2, [pngHeader(9, 9)])),
      "a PNG of no picture": doc("image/png", bytes(PNG_SIGNATURE, pngHeader(2, 2), pngChunk("IEND"))),
      "a PNG of no width": doc("image/png", pngOf2(0, 5)),
      "an animation": doc("image/png", pngOf(2, 2, [pngChunk("acTL", Buffer.alloc(8))])),
      "a PNG with a megabyte of text": doc("image/png", pngOf(2, 2, [pngChunk("zTXt", Buffer.alloc(1_100_000))])),
    },
    "pdf-broken": {
      "a PDF without an end": doc("application/pdf", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
      "a PDF of nothing": doc("application/pdf", "%PDF-1.7\n%%EOF\n"),
      "a PDF of noise": doc("application/pdf", bytes("%PDF-1.7\n", Buffer.alloc(4_000, 0xb7), "\n%%EOF")),
    },
    "pdf-encrypted": { "a PDF that is encrypted": doc("application/pdf", await encryptedPdf()) },
    "pdf-pages": { "a PDF of 201 pages": doc("application/pdf", await pdfOf(Array.from({ length: 201 }, () => "x"))) },
    "not-text": {
      "text in Latin-1": doc("text/plain", bytes("caf\xe9")),
      "text in UTF-16": doc("text/plain", Buffer.from("hello", "utf16le")),
      "text with a NUL": doc("text/plain", bytes("a\0b")),
      "CSV with a NUL": telemetry(bytes("a,b\n1,\0\n")),
      "text that steers a terminal": doc("text/plain", "\u001b[2J\u001b]0;owned\u0007"),
      "half of a character": doc("text/plain", bytes("a\xed\xa0\x80")),
      "an overlong slash": telemetry(bytes("a,b\n1,\xc0\xaf\n")),
    },
    "bad-csv": {
      "a row too short": telemetry("a,b\n1\n"),
      "a row too long": telemetry("a,b\n1,2,3\n"),
      "a column twice": telemetry("a,a\n1,2\n"),
      "a quote left open": telemetry('a,b\n"1,2\n'),
      "text after a quote": telemetry('a,b\n"1"x,2\n'),
      "an empty line": telemetry("a,b\n\n1,2\n"),
      "line ends of two kinds": telemetry("a,b\r\n1,2\n"),
      "carriage returns alone": telemetry("a,b\r1,2\r"),
      "five thousand columns": telemetry(`${Array.from({ length: 5000 }, (_, i) => i).join()}\n`),
      "HTML as CSV": telemetry("<html>\n<a,b>\n"),
    },
    "bad-json": {
      "JSON cut off": telemetry('[{"a":1}', "application/json"),
      "two values": telemetry("{}{}", "application/json"),
      "a byte order mark": telemetry(bytes("\xef\xbb\xbf[]"), "application/json"),
      "a million levels": telemetry("[".repeat(1_000_000), "application/json"),
      "a document of 100 levels": doc("application/json", "[".repeat(100) + "]".repeat(100)),
      "JavaScript as JSON": telemetry("({a:1})", "application/json"),
    },
    "bad-yaml": {
      "a bomb of aliases": telemetry(yamlBomb(), "application/yaml"),
      "a tag that makes objects": telemetry("a: !!js/function 'function(){}'", "application/yaml"),
      "a tag of Python": telemetry("!!python/object/apply:os.system ['id']", "application/yaml"),
      "two documents": telemetry("a: 1\n---\nb: 2\n", "application/yaml"),
      "a key twice": telemetry("a: 1\na: 2\n", "application/yaml"),
      "a thousand levels": telemetry("[".repeat(1_000), "application/yaml"),
    },
    "bad-name": {
      "a path up": named("../../etc/passwd"),
      "a path of Windows": named("..\\..\\boot.ini"),
      "a path of telemetry": telemetryNamed("../up.csv"),
      "a script as name": named("<script>alert(1)</script>"),
      "an image with a handler": telemetryNamed("<img src=x onerror=alert(1)>"),
      "a name that leaves its quotes": named('"onmouseover="alert(1)'),
      "a name that turns text around": named("evil\u202Egnp.exe"),
      "a name with a zero width": named("up\u200B.csv"),
      "a name of tags": named(`a${String.fromCodePoint(0xe0041)}`),
      "a name with a line break": named("a\nset-cookie: b"),
      "a name with a NUL": named("a\0.csv"),
      "half a character": telemetry(CSV, "text/csv", "telemetry/%ED%A0%80/0"),
      "a name in another spelling": named("e\u0301.csv"),
      "a name of 201 characters": named("a".repeat(201)),
      "an empty name": named(""),
      "no name at all": { path: "documents", type: "text/plain", body: "fine" },
      "a name of a space": named(" "),
      "a space at the end": named("a.csv "),
      "the folder itself": named("."),
      "the folder above": named(".."),
      "a data stream": named("a.txt:evil"),
      "a device of pipes": named("a|sh"),
    },
    "bad-sequence": {
      "a sequence below zero": telemetry(CSV, "text/csv", "telemetry/up.csv/-1"),
      "a sequence of 33 bits": telemetry(CSV, "text/csv", "telemetry/up.csv/4294967296"),
      "a sequence with a point": telemetry(CSV, "text/csv", "telemetry/up.csv/1.5"),
      "a sequence with a zero before": telemetry(CSV, "text/csv", "telemetry/up.csv/01"),
      "a sequence in words": telemetry(CSV, "text/csv", "telemetry/up.csv/first"),
    },
    "private-telemetry": {
      "private telemetry": telemetry(CSV, "text/csv", "telemetry/up.csv/0?private=true"),
    },
    "bad-private": {
      "private, perhaps": { ...named("letter"), path: "documents?name=letter&private=yes" },
      "private in capitals": { ...named("letter"), path: "documents?name=letter&private=TRUE" },
    },
    "bad-subject": {
      "about somebody, but public": { ...named("letter"), path: `documents?name=letter&subject=${STRANGER}` },
      "about no account": { ...named("letter"), path: "documents?name=letter&private=true&subject=bob" },
    },
    "type-unknown": {
      "a Word type": doc("application/msword", "fine"),
      "no type": { path: "documents?name=letter", body: Buffer.from("fine") },
      "a type of everything": doc("*/*", "fine"),
      "a picture as telemetry": telemetry(pngOf(2, 2), "image/png"),
      "a page as telemetry": telemetry("<p>fine</p>", "text/html"),
      SVG: doc("image/svg+xml", "<svg/>"),
      "a zip that says so": doc("application/zip", ZIP),
      "a form": doc("multipart/form-data; boundary=x", "--x--"),
      "a type with a trick": doc("text/csv, text/html", CSV),
    },
    "encoded-body": {
      "a body in gzip": { ...telemetry(gzipSync(CSV)), headers: { "content-encoding": "gzip" } },
      "a body in Brotli": { ...named("letter"), headers: { "content-encoding": "br" } },
    },
    empty: { nothing: telemetry(""), "an empty document": doc("text/plain", "") },
    "too-large": {
      "telemetry a byte too large": telemetry(bytes("a\n", Buffer.alloc(1_999, "1"))),
      "a document a byte too large": doc("text/plain", Buffer.alloc(3_000_001, "a")),
      "a size that is only announced": { ...telemetry(CSV), headers: { "content-length": "99999999999" } },
      "a body without end": { path: "telemetry/up.csv/0", type: "text/csv", body: endless() },
      "YAML that takes too long to read": doc("application/yaml", `a: ${"b".repeat(600_000)}`),
      "a link without end": { path: "links", type: "application/json", body: `{"url":"${"a".repeat(20_000)}"}` },
    },
    "slow-body": { "a body that never ends": { path: "telemetry/up.csv/0", type: "text/csv", body: stalled() } },
    "unknown-pool": {
      "a pool nobody knows": { ...telemetry(CSV), path: `/v1/pools/0x${"1".repeat(40)}/rounds/0/telemetry/a.csv/0` },
      "a pool that is no address": { ...telemetry(CSV), path: "/v1/pools/0x12/rounds/0/telemetry/a.csv/0" },
      "a pool that is a path": { ...telemetry(CSV), path: "/v1/pools/..%2f..%2fetc/rounds/0/telemetry/a.csv/0" },
    },
    "unknown-round": {
      "a round after the last": { ...telemetry(CSV), path: `/v1/pools/${POOL}/rounds/3/telemetry/a.csv/0` },
      "a round below zero": { ...telemetry(CSV), path: `/v1/pools/${POOL}/rounds/-1/telemetry/a.csv/0` },
      "a round in hexadecimal": { ...telemetry(CSV), path: `/v1/pools/${POOL}/rounds/0x0/telemetry/a.csv/0` },
      "a round that is too many digits": {
        ...telemetry(CSV),
        path: `/v1/pools/${POOL}/rounds/99999999999/telemetry/a/0`,
      },
    },
    "sign-in-needed": {
      "telemetry of nobody": { ...telemetry(CSV), caller: null },
      "a document of nobody": { ...named("letter"), caller: null },
      "a link of nobody": { path: "links", type: "application/json", body: '{"url":"https://a.org"}', caller: null },
    },
    "not-entitled": {
      "telemetry of a stranger": { ...telemetry(CSV), caller: STRANGER },
      "telemetry of a provider": { ...telemetry(CSV), caller: PROVIDER },
      "a key of another pool": { ...telemetry(CSV), caller: `key,0x${"1".repeat(40)},telemetry:write` },
      "a key without the scope": { ...telemetry(CSV), caller: `key,${POOL},evidence:read` },
      "a document by a key": { ...named("letter"), caller: `key,${POOL},telemetry:write` },
    },
    "link-form": {
      "a link that is no JSON": { path: "links", type: "application/json", body: "https://a.org" },
      "a link with more": { path: "links", type: "application/json", body: '{"url":"https://a.org","headers":{}}' },
      "no link": { path: "links", type: "application/json", body: "{}" },
      "a relative link": { path: "links", type: "application/json", body: '{"url":"/etc/passwd"}' },
      "a link that is a list": { path: "links", type: "application/json", body: '{"url":["https://a.org"]}' },
    },
  };
  return Object.entries(groups).flatMap(([reason, cases]) =>
    Object.entries(cases).map(([name, draft]) => ({ name, reason: reason as IntakeReason, ...draft })),
  );
}

/** What is refused because of what was sent before: the batch of the manager's, then this. */
export const REPLAYS: readonly Upload[] = [
  { ...telemetry("service,up\nweb,0\n"), name: "other content under the same sequence", reason: "sequence-taken" },
  {
    ...telemetry("service: up", "application/yaml"),
    name: "another type under the same sequence",
    reason: "sequence-taken",
  },
  { ...telemetry(`${CSV}web,1\n`), name: "the same with a row more", reason: "sequence-taken" },
  { ...telemetry(CSV.trimEnd()), name: "the same without its last line break", reason: "sequence-taken" },
].map((one) => ({ ...one, caller: MANAGER }) as Upload);

/** What is refused once the round is closed. */
export const LATE: readonly Upload[] = [
  { ...telemetry(CSV, "text/csv", "telemetry/up.csv/7"), name: "late telemetry", reason: "frozen", caller: MANAGER },
  { ...named("late"), name: "a late document", reason: "frozen", caller: STRANGER },
  { ...named("late"), path: "documents?name=late&private=true", name: "a late private document", reason: "frozen" },
  { path: "links", type: "application/json", body: '{"url":"https://a.org"}', name: "a late link", reason: "frozen" },
];

function pngOf2(width: number, height: number): Buffer {
  return bytes(PNG_SIGNATURE, pngHeader(width, height), pngChunk("IDAT", Buffer.alloc(20)), pngChunk("IEND"));
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at]! ^= 1;
  return copy;
}

function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  header.write(
    header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0") + "\0 ",
    148,
  );
  return Buffer.concat([header, Buffer.from(content.padEnd(512, "\0")), Buffer.alloc(1024)]);
}

function officeOf(part: string, type: string): Buffer {
  const content = `<Types><Override PartName="/${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`;
  return zipOf("[Content_Types].xml", Buffer.from(content));
}

function yamlBomb(): string {
  const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"];
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(",")}]`);
  return lines.join("\n");
}

/** As little as makes a reader ask for a password: a document whose trailer names an encryption. */
async function encryptedPdf(): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  pdf.addPage([100, 100]);
  const file = Buffer.from(await pdf.save({ useObjectStreams: false })).toString("latin1");
  const hex = "00".repeat(32);
  const encrypt = `<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <${hex}> /U <${hex}> >>`;
  return Buffer.from(file.replace("trailer\n<<", `trailer\n<< /ID [<00> <00>] /Encrypt ${encrypt}`), "latin1");
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(500, "1")) });
}

function stalled(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("a,b\n")) });
}
