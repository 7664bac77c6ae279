import { crc32 } from "node:zlib";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_PIXELS = 40_000_000;
/** Of all chunks beside the picture: texts and colour profiles may be compressed a thousandfold. */
const MOST_BESIDE = 1024 * 1024;
const FRAME = 12;

export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/**
 * Checks a PNG chunk by chunk, without unpacking anything: whole, one picture, nothing after it, not too many pixels.
 * @throws IntakeRefusal `png-broken`, `png-pixels`, `polyglot`
 */
export function checkPng(bytes: Buffer): void {
  let at = SIGNATURE.length;
  let beside = 0;
  let pictures = 0;
  for (let count = 0; ; count++) {
    const { type, data, end } = chunkAt(bytes, at);
    if ((count === 0) !== (type === "IHDR")) broken("IHDR is not the first chunk, or not the only one");
    if (type === "IHDR") checkHeader(data);
    else if (type === "IDAT") pictures++;
    else if (type === "acTL") broken("an animation");
    else if (type === "IEND") return checkEnd(bytes, data, end, pictures);
    else beside += data.length;
    if (beside > MOST_BESIDE) broken(`more than ${MOST_BESIDE} bytes beside the picture`);
    at = end;
  }
}

function chunkAt(bytes: Buffer, at: number): { type: string; data: Buffer; end: number } {
  if (at + FRAME > bytes.length) broken("it ends within a chunk");
  const length = bytes.readUInt32BE(at);
  const end = at + FRAME + length;
  if (end > bytes.length) broken("it ends within a chunk");
  const type = bytes.toString("latin1", at + 4, at + 8);
  if (!/^[A-Za-z]{4}$/.test(type)) broken("a chunk without a type");
  if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
    broken(`chunk ${type} has a wrong check sum`);
  return { type, data: bytes.subarray(at + 8, end - 4), end };
}

function checkHeader(data: Buffer): void {
  if (data.length !== 13) broken("IHDR of another length");
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  if (width === 0 || height === 0) broken("no pixels");
  if (width * height > MOST_PIXELS) {
    const limit = `at most ${MOST_PIXELS} pixels`;
    throw new IntakeRefusal("png-pixels", { field: "body", value: `${width} × ${height}`, limit });
  }
}

function checkEnd(bytes: Buffer, data: Buffer, end: number, pictures: number): void {
  if (data.length !== 0 || pictures === 0) broken("no picture");
  if (end === bytes.length) return;
  const value = `${bytes.length - end} bytes after the picture`;
  throw new IntakeRefusal("polyglot", { field: "body", value, limit: "nothing after the picture" });
}

function broken(value: string): never {
  throw new IntakeRefusal("png-broken", { field: "body", value, limit: "a whole PNG of one picture" });
}
