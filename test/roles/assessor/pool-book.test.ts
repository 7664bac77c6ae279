import { expect } from "chai";
import { concatHex, slice } from "viem";
import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import type { OutcomeSpec } from "../../../oracle/domain/spec.ts";
import type { PoolFacts } from "../../../oracle/ports.ts";
import { requireFits } from "../../../oracle/roles/assessor/pool-book.ts";
import { accountNamed, lower } from "../../domain/season/oracle.ts";
import { seasons } from "../../domain/season/seasons.ts";
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
