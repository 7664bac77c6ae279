import { expect } from "chai";
import { InputError } from "../../../oracle/domain/errors.ts";
import type { Batch, Store } from "../../../oracle/ports.ts";
import { unavailable } from "../../support/unavailable.ts";

/** Opens an empty store; `dispose` closes it and removes what it left. */
export type OpenStore = () => Promise<{ readonly store: Store; dispose(): Promise<void> }>;

const LONGEST_KEY = 512;
const LONGEST_VALUE = 8 * 1024 * 1024;

/** What every store must do, whatever it is made of. */
export function describeStore(open: OpenStore): void {
  let store: Store;
  let dispose: () => Promise<void>;
  beforeEach(async () => {
    ({ store, dispose } = await open());
  });
  afterEach(() => dispose());

  const put = (values: Record<string, string | null>) => store.commit({ put: values });
  const keysOf = async (...args: Parameters<Store["list"]>) => (await store.list(...args)).map(({ key }) => key);

  describe("reading and writing", () => {
    it("gives back what was put, and null for what was not or is removed", async () => {
      expect(await store.get("a")).to.equal(null);
      expect(await put({ a: "1", "a/b": "2" })).to.deep.equal({ ok: true, places: [] });
      expect(await store.get("a")).to.equal("1");
      await put({ a: null, "a/b": "3", none: null });
      expect(await store.getMany(["a/b", "a", "a/b", "none"])).to.deep.equal(["3", null, "3", null]);
      expect(await store.getMany([])).to.deep.equal([]);
    });

    it("keeps every text as it is", async () => {
      const values = [
        "",
        "\0",
        "a\0b",
        "\n\r\t",
        "é",
        "e\u0301",
        "😀",
        "\ufeffx",
        "\uffff",
        "0x",
        "null",
        "x".repeat(70_000),
      ];
      await put(Object.fromEntries(values.map((value, index) => [`v/${index}`, value])));
      expect(await store.getMany(values.map((_, index) => `v/${index}`))).to.deep.equal(values);
      for (const [index, value] of values.entries()) {
        expect(await store.commit({ expect: { [`v/${index}`]: value } }), `value ${index}`).to.deep.equal({
          ok: true,
          places: [],
        });
      }
    });

    it("takes keys that objects know already", async () => {
      const keys = ["__proto__", "constructor", "toString", "7", "length"];
      expect(await store.getMany(keys)).to.deep.equal(keys.map(() => null));
      await put(Object.fromEntries(keys.map((key) => [key, key])));
      expect(await store.getMany(keys)).to.deep.equal(keys);
    });
  });

  describe("conditions", () => {
    it("changes nothing at all where one does not hold", async () => {
      await put({ a: "1", b: "2" });
      const changes = { put: { a: "9", c: "9", b: null }, append: [{ log: "l", value: "9" }] };
      const failing: Record<string, string | null>[] = [
        { a: "2" },
        { a: null },
        { c: "1" },
        { a: "1", b: "3" },
        { a: "1 " },
        { a: "" },
      ];
      for (const condition of failing) {
        expect(await store.commit({ expect: condition, ...changes })).to.deep.equal({ ok: false });
      }
      expect(await store.list("")).to.deep.equal([
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ]);
    });

    it("looks at all of them before any change of the same batch", async () => {
      expect(await store.commit({ expect: { a: null }, put: { a: "1" } })).to.deep.equal({ ok: true, places: [] });
      expect(await store.commit({ expect: { a: "1" }, put: { a: "2" } })).to.deep.equal({ ok: true, places: [] });
      expect(await store.commit({ expect: { a: "2", b: null }, put: { a: null } })).to.deep.equal({
        ok: true,
        places: [],
      });
      expect(await store.commit({ expect: { a: null, b: null } })).to.deep.equal({ ok: true, places: [] });
      expect(await store.commit({})).to.deep.equal({ ok: true, places: [] });
      expect(await store.list("")).to.deep.equal([]);
    });

    it("lets exactly one of many win, and loses no increment", async () => {
      const races = Array.from({ length: 50 }, (_, i) =>
        store.commit({ expect: { lock: null }, put: { lock: String(i) } }),
      );
      expect((await Promise.all(races)).filter(({ ok }) => ok)).to.have.length(1);

      const increment = async (): Promise<void> => {
        const value = await store.get("n");
        const next = String(Number(value ?? "0") + 1);
        if (!(await store.commit({ expect: { n: value }, put: { n: next } })).ok) await increment();
      };
      const caller = async () => {
        for (let i = 0; i < 20; i++) await increment();
      };
      await Promise.all(Array.from({ length: 20 }, caller));
      expect(await store.get("n")).to.equal("400");
    });
  });

  describe("logs", () => {
    it("counts places from 1 without a gap, each log for itself", async () => {
      const append = (...logs: string[]) => store.commit({ append: logs.map((log) => ({ log, value: `to ${log}` })) });
      expect(await append("j")).to.deep.equal({ ok: true, places: [1] });
      expect(await append("j", "k/l", "j")).to.deep.equal({ ok: true, places: [2, 1, 3] });
      expect(await keysOf("j/")).to.deep.equal(["j/0000000000000001", "j/0000000000000002", "j/0000000000000003"]);
      expect(await store.get("k/l/0000000000000001")).to.equal("to k/l");
      expect(await store.getMany(["logs/j", "logs/k/l"])).to.deep.equal(["3", "1"]);
    });

    it("gives many callers different places, and every one of them", async () => {
      const appended = await Promise.all(
        Array.from({ length: 300 }, (_, i) => store.commit({ append: [{ log: "j", value: String(i) }] })),
      );
      const places = appended.flatMap((one) => (one.ok ? one.places : []));
      expect([...places].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 300 }, (_, i) => i + 1));
      const entries = await store.list("j/");
      expect(entries.map(({ value }) => places[Number(value)])).to.deep.equal(entries.map((_, i) => i + 1));
    });

    it("goes on counting where an entry was removed", async () => {
      await store.commit({ append: [{ log: "j", value: "1" }] });
      await put({ "j/0000000000000001": null });
      expect(await store.commit({ append: [{ log: "j", value: "2" }] })).to.deep.equal({ ok: true, places: [2] });
    });
  });

  describe("listing", () => {
    const KEYS = ["-", "-/a", "/", "0", "9", "A", "Z", "_", "a", "a-b", "a.b", "a/", "a/b", "a0", "a:", "a_", "aa", "z"]
      .map((text) => text.replaceAll("/", "/x"))
      .map((text) => `p${text.startsWith("/") ? text : `/${text}`}`);
    const ORDERED = [...KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    beforeEach(() => put(Object.fromEntries([...KEYS, "o", "q", "p"].map((key) => [key, `of ${key}`]))));

    it("is in the order of bytes, both ways, and within the prefix", async () => {
      expect(await keysOf("p/")).to.deep.equal(ORDERED);
      expect(await keysOf("p/", { reverse: true })).to.deep.equal([...ORDERED].reverse());
      expect(await keysOf("p/a")).to.deep.equal(ORDERED.filter((key) => key.startsWith("p/a")));
      expect(await keysOf("")).to.have.length(KEYS.length + 3);
      expect(await keysOf("p/a", { reverse: true, limit: 1 })).to.deep.equal(["p/aa"]);
      expect(await keysOf("none")).to.deep.equal([]);
      expect((await store.list("p/a/")).map(({ value }) => value)).to.deep.equal(["of p/a/x", "of p/a/xb"]);
    });

    it("goes on after a key, there or not, inside the prefix or beyond", async () => {
      for (const reverse of [false, true]) {
        const all = reverse ? [...ORDERED].reverse() : ORDERED;
        for (const [index, after] of all.entries()) {
          expect(await keysOf("p/", { after, reverse }), after).to.deep.equal(all.slice(index + 1));
        }
      }
      expect(await keysOf("p/", { after: "p/a0-" })).to.deep.equal(ORDERED.filter((key) => key > "p/a0-"));
      expect(await keysOf("p/", { after: "o" })).to.deep.equal(ORDERED);
      expect(await keysOf("p/", { after: "q" })).to.deep.equal([]);
      expect(await keysOf("p/", { after: "q", reverse: true })).to.deep.equal([...ORDERED].reverse());
      expect(await keysOf("p/", { after: "o", reverse: true })).to.deep.equal([]);
    });

    it("gives as many as asked for, 1,000 where not said", async () => {
      const many = Array.from({ length: 2_500 }, (_, i) => `many/${String(i).padStart(5, "0")}`);
      await put(Object.fromEntries(many.map((key) => [key, ""])));
      expect(await keysOf("many/")).to.deep.equal(many.slice(0, 1_000));
      expect(await keysOf("many/", { limit: 10_000 })).to.deep.equal(many);
      expect(await keysOf("many/", { limit: 2, after: many[1]! })).to.deep.equal(many.slice(2, 4));
      expect(await keysOf("many/", { limit: 2, after: many[9]!, reverse: true })).to.deep.equal([many[8], many[7]]);
    });
  });

  describe("limits", () => {
    const refused = async (work: Promise<unknown>, field: string): Promise<void> => {
      const error = await work.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error, `a refusal naming ${field}`).to.be.instanceOf(InputError);
      expect((error as InputError).fault.field).to.equal(field);
      expect((error as InputError).fault.limit).to.be.a("string");
    };
    const BAD_KEYS = [
      "",
      "/",
      "a/",
      "/a",
      "a//b",
      "a b",
      "a\n",
      "é",
      "a\0",
      "a\\b",
      "a%b",
      "a".repeat(LONGEST_KEY + 1),
    ];

    it("refuses what is no key, by its name", async () => {
      for (const key of BAD_KEYS) {
        await refused(store.get(key), "key");
        await refused(store.getMany(["a", key]), "key");
        await refused(store.commit({ expect: { [key]: "1" } }), "expect");
        await refused(put({ a: "1", [key]: "1" }), "put");
        await refused(store.commit({ put: { a: "1" }, append: [{ log: key, value: "1" }] }), "append");
      }
      for (const prefix of ["/", "//", "a//", "é", "a b"]) {
        await refused(store.list(prefix), "prefix");
        await refused(store.list("", { after: prefix }), "after");
      }
      await refused(store.commit({ append: [{ log: "l".repeat(LONGEST_KEY - 16), value: "" }] }), "append");
      expect(await store.list("")).to.deep.equal([]);
    });

    it("refuses a number of entries that is none", async () => {
      for (const limit of [0, -1, 1.5, 10_001, NaN, Infinity]) await refused(store.list("", { limit }), "limit");
    });

    it("takes the longest key, log and value, and refuses one longer", async () => {
      const [key, log] = ["k".repeat(LONGEST_KEY), "l".repeat(LONGEST_KEY - 17)];
      const value = "v".repeat(LONGEST_VALUE);
      expect(await store.commit({ put: { [key]: value }, append: [{ log, value: "" }] })).to.have.property("ok", true);
      expect((await store.get(key))?.length).to.equal(LONGEST_VALUE);
      await refused(put({ a: `${value}v` }), "value");
      await refused(put({ a: `é${value.slice(1)}` }), "value");
      await refused(store.commit({ append: [{ log: "l", value: `${value}v` }] }), "value");
    });

    it("refuses text that has no form in UTF-8", async () => {
      for (const value of ["\ud800", "a\udc00b", "\udc00\ud800"]) await refused(put({ a: value }), "value");
    });

    it("takes 10,000 changes and refuses one more", async () => {
      const changes = (count: number): Batch => ({
        put: Object.fromEntries(Array.from({ length: count - 1 }, (_, i) => [`k/${i}`, ""])),
        append: [{ log: "l", value: "" }],
      });
      await refused(store.commit(changes(10_001)), "batch");
      expect(await store.commit(changes(10_000))).to.deep.equal({ ok: true, places: [1] });
      expect(await store.list("k/", { limit: 10_000 })).to.have.length(9_999);
    });

    it("refuses a log's number of places that is none", async () => {
      for (const value of ["0", "-1", "1.5", "", "x", "01", "99999999999999999"])
        await refused(put({ "logs/j": value }), "logs/j");
      await put({ "logs/j": "41" });
      expect(await store.commit({ append: [{ log: "j", value: "" }] })).to.deep.equal({ ok: true, places: [42] });
    });
  });

  describe("batches of one turn", () => {
    it("stand or fall each for itself", async () => {
      await put({ a: "1" });
      const outcomes = await Promise.allSettled([
        put({ b: "1" }),
        store.commit({ expect: { a: "2" }, put: { c: "1" } }),
        put({ "not a key": "1" }),
        store.commit({ expect: { b: "1" }, put: { d: "1" }, append: [{ log: "l", value: "1" }] }),
        store.commit({ expect: { d: null }, put: { e: "1" } }),
      ]);
      expect(outcomes.map((one) => (one.status === "fulfilled" ? one.value.ok : "refused"))).to.deep.equal([
        true,
        false,
        "refused",
        true,
        false,
      ]);
      expect(await keysOf("")).to.deep.equal(["a", "b", "d", "l/0000000000000001", "logs/l"]);
    });
  });

  describe("its end", () => {
    it("can take a write while it is open", async () => {
      await store.probe();
      expect(await store.list("")).to.deep.equal([]);
    });

    it("makes what it has taken, and takes nothing more", async () => {
      const taken = put({ a: "1" });
      const closing = store.close();
      expect(await taken).to.have.property("ok", true);
      await closing;
      await store.close();
      await unavailable(store.get("a"));
      await unavailable(store.getMany(["a"]));
      await unavailable(store.list(""));
      await unavailable(put({ b: "1" }));
      await unavailable(store.probe());
    });
  });
}
