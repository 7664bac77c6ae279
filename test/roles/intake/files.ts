import { crc32, deflateSync } from "node:zlib";
import { PDFDocument } from "pdf-lib";

/** Files of the tests, made when they are needed. */

/** A PDF with these pages. */
export async function pdfOf(pages: readonly string[]): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  for (const text of pages) pdf.addPage([300, 200]).drawText(text, { x: 20, y: 100, size: 12 });
  return Buffer.from(await pdf.save());
}

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A chunk of a PNG with its check sum. */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

/** Grey pixels, one byte each. */
export function pngHeader(width: number, height: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = 8;
  return pngChunk("IHDR", data);
}

export function pngOf(width: number, height: number, between: readonly Buffer[] = []): Buffer {
  const picture = pngChunk("IDAT", deflateSync(Buffer.alloc((width + 1) * height, 0xff).fill(0, 0, 1)));
  return Buffer.concat([PNG_SIGNATURE, pngHeader(width, height), ...between, picture, pngChunk("IEND")]);
}

/** A ZIP archive of one file, stored. */
export function zipOf(name: string, content: Uint8Array, comment = ""): Buffer {
  const file = Buffer.from(name);
  const facts = Buffer.alloc(16);
  facts.writeUInt32LE(crc32(content), 4);
  facts.writeUInt32LE(content.length, 8);
  facts.writeUInt32LE(content.length, 12);
  const sizes = facts.subarray(4);
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(file.length, 0);
  const local = Buffer.concat([
    Buffer.from("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", "latin1"),
    sizes,
    lengths,
    file,
    content,
  ]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0", "latin1"),
    sizes,
    lengths,
    Buffer.alloc(14),
    file,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([local, central, end, Buffer.from(comment, "latin1")]);
}
