import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import type { BlobStore } from "../../../oracle/ports.ts";

export async function keysOf(blobs: BlobStore, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of blobs.keys(prefix)) keys.push(key);
  return keys.sort();
}

/** What every blob store must do. */
export function describeBlobs(open: () => Promise<{ blobs: BlobStore; dispose(): Promise<void> }>): void {
  let blobs: BlobStore;
  let dispose: () => Promise<void>;
  beforeEach(async () => {
    ({ blobs, dispose } = await open());
  });
  afterEach(() => dispose());

  const bytes = (...values: number[]) => Uint8Array.from(values);
  const found = async (key: string) => {
    const content = await blobs.get(key);
    return content === null ? null : [...content];
  };

  it("gives back what was put, and null for what was not or is removed", async () => {
    expect(await blobs.get("a/b")).to.equal(null);
    await blobs.put("a/b", bytes(1, 0, 255));
    expect(await found("a/b")).to.deep.equal([1, 0, 255]);
    await blobs.remove("a/b");
    expect(await blobs.get("a/b")).to.equal(null);
    await blobs.remove("a/b");
    await blobs.put("a/b", bytes(1, 0, 255));
    expect(await found("a/b")).to.deep.equal([1, 0, 255]);
  });

  it("takes a key again with the same bytes, by many at once too", async () => {
    const content = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    await Promise.all(Array.from({ length: 10 }, () => blobs.put("k", content)));
    await blobs.put("k", content);
    expect(Buffer.compare((await blobs.get("k"))!, content)).to.equal(0);
    expect(await keysOf(blobs)).to.deep.equal(["k"]);
  });

  it("takes nothing at all, and 8 MiB, byte for byte", async () => {
    const large = Uint8Array.from({ length: 8 * 1024 * 1024 }, (_, i) => (i * 7919) % 256);
    await blobs.put("empty", bytes());
    await blobs.put("large", large);
    expect(await found("empty")).to.deep.equal([]);
    expect(Buffer.compare((await blobs.get("large"))!, large)).to.equal(0);
  });

  it("keeps keys apart that are alike, and lists them by their beginning", async () => {
    const keys = [
      "a",
      "a.b",
      "a/b",
      "a:b",
      "a-b",
      "a_b",
      "A",
      "b/c/d",
      "b/c",
      `${"k".repeat(119)}/${"k".repeat(120)}`,
    ].sort();
    await Promise.all(keys.map((key) => blobs.put(key, Buffer.from(key))));
    for (const key of keys) expect(Buffer.from((await blobs.get(key))!).toString()).to.equal(key);
    expect(await keysOf(blobs)).to.deep.equal(keys);
    expect(await keysOf(blobs, "b/c")).to.deep.equal(["b/c", "b/c/d"]);
    expect(await keysOf(blobs, "a/")).to.deep.equal(["a/b"]);
    expect(await keysOf(blobs, "none")).to.deep.equal([]);
  });

  it("lists more than a page", async () => {
    const keys = Array.from({ length: 1_100 }, (_, i) => `p/${i}`).sort();
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => blobs.put(key, bytes(1))));
    expect(await keysOf(blobs, "p/")).to.deep.equal(keys);
  });

  it("does what a map does, in random histories", async () => {
    const key = fc.constantFrom("a", "a/b", "b", "c:d");
    const step = fc.oneof(fc.record({ put: key }), fc.record({ remove: key }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const model = new Set<string>();
        for (const one of steps) {
          if ("put" in one) {
            await blobs.put(one.put, Buffer.from(one.put));
            model.add(one.put);
          } else {
            await blobs.remove(one.remove);
            model.delete(one.remove);
          }
        }
        expect(await keysOf(blobs)).to.deep.equal([...model].sort());
        for (const left of model) await blobs.remove(left);
      }),
      { numRuns: 25 },
    );
  });

  it("refuses what is no key, above all what leads elsewhere", async () => {
    const bad = [
      "",
      "/",
      "/etc/passwd",
      "../x",
      "a/../b",
      "..",
      ".",
      "a/.",
      "./a",
      "a//b",
      "a/",
      "a\\b",
      "a\0",
      "a b",
      "%2e%2e",
      "é",
      "a+b",
    ];
    for (const key of [...bad, "k".repeat(241)]) {
      const works: (() => Promise<unknown>)[] = [
        () => blobs.put(key, bytes(1)),
        () => blobs.get(key),
        () => blobs.remove(key),
      ];
      for (const work of works) {
        const error: unknown = await Promise.resolve()
          .then(work)
          .catch((reason: unknown) => reason);
        expect(error, JSON.stringify(key)).to.be.instanceOf(InputError);
        expect((error as InputError).fault.field).to.equal("key");
      }
    }
    for (const prefix of ["/", "a//", "a b"]) {
      const error: unknown = await keysOf(blobs, prefix).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
    }
    expect(await keysOf(blobs)).to.deep.equal([]);
  });

  it("can be probed, and holds nothing more after it", async () => {
    await blobs.probe();
    expect(await keysOf(blobs)).to.deep.equal([]);
  });
}
