import { expect } from "chai";
import { join } from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { concatHex, numberToHex, slice, type Hex } from "viem";
import { openFileBlobs } from "../../../oracle/adapters/blobs/files.ts";
import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import type { OutcomeSpec } from "../../../oracle/domain/spec.ts";
import type { BlobStore, ChainReader, Peers, PoolFacts } from "../../../oracle/ports.ts";
import { createPoolBook, requireFits, type PoolBook } from "../../../oracle/roles/assessor/pool-book.ts";
import { accountNamed, lower } from "../../domain/season/oracle.ts";
import { seasons } from "../../domain/season/seasons.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";
import { refusal } from "../refusal.ts";

describe("a spec held against its pool", () => {
  let spec: OutcomeSpec;
  let facts: PoolFacts;
  before(async () => {
    const { engine } = await seasons();
    const { chainId, providers, oracle, terms } = engine.chain;
    spec = engine.spec;
    facts = { chainId, terms: unpackTerms(terms), providers, oracle };
  });

  const reasonFor = (change: Partial<PoolFacts>, of = spec) =>
    refusal(Promise.resolve().then(() => requireFits(of, { ...facts, ...change })));

  it("fits the pool it was made for", () => {
    expect(() => requireFits(spec, facts)).not.to.throw();
  });

  it("is refused where it is another", async () => {
    expect(await reasonFor({}, { ...spec, title: "Another" })).to.equal("other-spec");
  });

  for (const term of ["defaultRate", "fullPayBar"] as const) {
    it(`is refused for a pool with another ${term}`, async () => {
      const terms = { ...facts.terms, [term]: facts.terms[term] - 1 };
      expect(await reasonFor({ terms })).to.equal("other-payment");
    });
  }

  it("is refused for a pool with another curve, or with none", async () => {
    for (const curve of [[], [{ x: 1, y: 2 }]]) {
      expect(await reasonFor({ terms: { ...facts.terms, curve } })).to.equal("other-payment");
    }
  });

  it("is refused for a pool with another quorum or another node in it", async () => {
    const { oracle } = facts;
    const stranger = lower(accountNamed("stranger").address);
    for (const other of [
      { ...oracle, threshold: 3 },
      { ...oracle, signers: [stranger, ...oracle.signers.slice(1)] },
    ]) {
      expect(await reasonFor({ oracle: other })).to.equal("other-oracle");
    }
  });

  it("is refused for a pool whose providers are others, in another order, of another weight or number", async () => {
    const { providers } = facts;
    const [first, second, rest] = [slice(providers, 0, 24), slice(providers, 24, 48), slice(providers, 48)];
    for (const list of [
      concatHex([second, first, rest]),
      concatHex([slice(first, 0, 20), "0x00000001", second, rest]),
      concatHex(["0x0000000000000000000000000000000000000001", slice(first, 20), second, rest]),
      concatHex([first, second]),
    ]) {
      expect(await reasonFor({ providers: list })).to.equal("other-roster");
    }
  });
});

describe("a pool book", () => {
  const POOL = `0x${"ab".repeat(20)}` as const;
  let temp: TempStore;
  let folder: string;
  let blobs: BlobStore;
  let spec: OutcomeSpec;
  let facts: PoolFacts;
  let now: number;
  let asked: number[];
  before(async () => {
    const { engine } = await seasons();
    const { chainId, providers, oracle, terms } = engine.chain;
    spec = engine.spec;
    facts = { chainId, terms: unpackTerms(terms), providers, oracle };
  });
  beforeEach(async () => {
    temp = await tempStore();
    folder = await mkdtemp(join(tmpdir(), "guerdon-blobs-"));
    blobs = await openFileBlobs(folder);
    [now, asked] = [1_000_000, []];
  });
  afterEach(async () => {
    await temp.remove();
    await rm(folder, { recursive: true });
  });

  function bookOf(answers: readonly (() => Promise<OutcomeSpec | null>)[], of = facts): PoolBook {
    const addresses = answers.map((_, i) => numberToHex(i + 1, { size: 20 }));
    const peers = {
      addresses,
      spec(from: Hex) {
        asked.push(now);
        return answers[addresses.indexOf(from)]!();
      },
    } as unknown as Peers;
    const chain = {
      finalized: () => Promise.resolve({}),
      poolFacts: () => Promise.resolve(of),
    } as unknown as ChainReader;
    return createPoolBook({
      ...{ chain, store: temp.store, blobs, peers },
      knows: () => Promise.resolve(true),
      clock: () => now,
    });
  }

  it("takes a spec from the one peer that has it, whatever the others answer or do not", async () => {
    const book = bookOf([
      () => new Promise(() => undefined),
      () => Promise.reject(new Error("gone")),
      () => Promise.resolve({ ...spec, title: "\ud800" }),
      () => Promise.resolve({ ...spec, title: "Another" }),
      () => Promise.resolve(spec),
    ]);
    expect((await book.open(POOL)).spec).to.deep.equal(spec);
    expect(asked).to.deep.equal(Array(5).fill(1_000_000));
  });

  it("leaves peers alone with a spec that none has, longer every time", async () => {
    const book = bookOf([() => Promise.resolve({ ...spec, title: "\ud800" })]);
    for (const end = now + 1_000_000; now < end; now += 1_000) {
      expect(await refusal(book.open(POOL))).to.equal("no-spec");
      expect(await book.peek(POOL)).to.equal(null);
    }
    const seconds = asked.map((time) => (time - 1_000_000) / 1_000);
    expect(seconds).to.deep.equal([0, 2, 6, 14, 30, 62, 126, 254, 510, 810]);
  });

  it("keeps for a while that a spec does not fit", async () => {
    const other = { ...facts, terms: { ...facts.terms, fullPayBar: facts.terms.fullPayBar - 1 } };
    const book = bookOf([() => Promise.resolve(spec)], other);
    expect(await refusal(book.open(POOL))).to.equal("other-payment");
    other.terms.fullPayBar = facts.terms.fullPayBar;
    expect(await refusal(book.open(POOL))).to.equal("other-payment");
    now += 2_000;
    expect((await book.open(POOL)).spec).to.deep.equal(spec);
  });
});
