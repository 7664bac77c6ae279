import { fileTypeFromBuffer } from "file-type";
import { IntakeRefusal, type IntakeReason } from "../../domain/evidence-refusal.ts";

/** Types by what they are refused as; all others that are found are a mismatch. */
const ARCHIVES =
  /^application\/(zip|gzip|x-(7z-compressed|tar|rar-compressed|bzip2|xz|compress|lz4|lzh-compressed|arj|ace-compressed|cpio|unix-archive|deb|rpm|asar|apple-diskimage|iso9660-image)|lzip|zstd|vnd\.ms-cab-compressed|java-archive|vnd\.ms-htmlhelp)$/;
const PROGRAMS =
  /^application\/(x-(msdownload|elf|mach-binary|shockwave-flash|ms-shortcut|google-chrome-extension|xpinstall|ms-regedit|nintendo-nes-rom)|wasm|java-vm|vnd\.android\.package-archive)$/;
const OFFICE =
  /^application\/(x-cfb|rtf|epub\+zip|x-mobipocket-ebook|vnd\.(openxmlformats|oasis|ms-(word|excel|powerpoint|outlook)|visio|apple)[^/]*)$/;

/** Text that is none for people, by how it begins. */
const BEGINNINGS: readonly (readonly [string, IntakeReason])[] = [
  ["%PDF-", "type-mismatch"],
  ["%!PS", "type-mismatch"],
  ["{\\rtf", "office"],
  ["#!", "executable"],
  ["\u007fELF", "executable"],
];

/**
 * Refuses content that is something else than the text it is said to be, judging by its beginning alone.
 * @throws IntakeRefusal
 */
export function checkBeginning(bytes: Buffer, declared: string): void {
  const beginning = bytes.toString("latin1", 0, 8).replace(/^\u00ef\u00bb\u00bf/, "");
  const found = BEGINNINGS.find(([start]) => beginning.startsWith(start));
  if (found !== undefined) throw refusal(found[1], JSON.stringify(found[0]), declared);
}

/**
 * Refuses content in which another type is recognised.
 * @param same types that are the declared one by another name
 * @throws IntakeRefusal
 */
export async function checkSignature(bytes: Buffer, declared: string, same: readonly string[]): Promise<void> {
  const found = await fileTypeFromBuffer(bytes);
  if (found === undefined || found.mime === declared || same.includes(found.mime)) return;
  throw refusal(reasonOf(found.mime), found.mime, declared);
}

function reasonOf(mime: string): IntakeReason {
  if (ARCHIVES.test(mime)) return "archive";
  if (PROGRAMS.test(mime)) return "executable";
  return OFFICE.test(mime) ? "office" : "type-mismatch";
}

function refusal(reason: IntakeReason, value: string, declared: string): IntakeRefusal {
  return new IntakeRefusal(reason, { field: "body", value, limit: `content of type ${declared}` });
}

/** What archives are recognised by wherever they begin, and what they would be in a file that is something else as well. */
const ANYWHERE = [Buffer.from("Rar!\u001a\u0007", "latin1"), Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])];
const AT_PLACES: readonly (readonly [number, string])[] = [
  [257, "ustar"],
  [0x8001, "CD001"],
];
const ZIP_END = Buffer.from("PK\u0005\u0006", "latin1");
const ZIP_END_BYTES = 22;
const LONGEST_ZIP_COMMENT = 0xffff;

/**
 * Refuses a file that another program would take for an archive.
 * @throws IntakeRefusal `polyglot`
 */
export function checkNoArchive(bytes: Buffer, declared: string): void {
  const placed = AT_PLACES.some(([at, mark]) => bytes.toString("latin1", at, at + mark.length) === mark);
  if (placed || ANYWHERE.some((mark) => bytes.includes(mark)) || endsAsZip(bytes)) {
    throw refusal("polyglot", "an archive within", declared);
  }
}

/** Whether there is an end of a central directory that could belong to entries before it. */
function endsAsZip(bytes: Buffer): boolean {
  const from = Math.max(0, bytes.length - ZIP_END_BYTES - LONGEST_ZIP_COMMENT);
  for (let at = bytes.indexOf(ZIP_END, from); at !== -1; at = bytes.indexOf(ZIP_END, at + 1)) {
    if (at + ZIP_END_BYTES > bytes.length) return false;
    const size = bytes.readUInt32LE(at + 12);
    const comment = bytes.readUInt16LE(at + 20);
    if (size <= at && at + ZIP_END_BYTES + comment <= bytes.length) return true;
  }
  return false;
}
