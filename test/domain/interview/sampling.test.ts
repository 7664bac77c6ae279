import { expect } from "chai";
import fc from "fast-check";
import { keccak256, numberToHex, type Hex } from "viem";
import {
  drawSlice,
  rosterHash,
  sampleParticipants,
  sampleProblem,
  samplingBlock,
  ticketOf,
  type RosterEntry,
  type SampleRequest,
} from "../../../oracle/domain/interview/sampling.ts";
import { fastKeccak } from "../../../oracle/adapters/signers/fast-keccak.ts";
import { faultOf } from "../fault.ts";

const pool: Hex = `0x${"9".repeat(40)}`;
const seedOf = (n: number): Hex => keccak256(numberToHex(n, { size: 32 }));

const entry = (participant: string, provider = "a", stratum = "s", signed = true): RosterEntry => {
  return { participant, provider, stratum, signed };
};
const people = (count: number, provider = "a", stratum: (i: number) => string = () => "s"): RosterEntry[] =>
  Array.from({ length: count }, (_, i) => entry(`p${i}`, provider, stratum(i)));

function request(roster: readonly RosterEntry[], changes: Partial<SampleRequest> = {}): SampleRequest {
  return {
    format: "guerdon/sample/1",
    seed: seedOf(1),
    pool,
    round: 3,
    size: { count: 5 },
    minimum: 0,
    roster: [...roster],
    ...changes,
  };
}

/** Pearson's X² of counts against equal expectation. */
function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("Sampling whom to ask", () => {
  it("draws everybody equally often, whatever the size of their stratum", () => {
    // 20 people in strata of 11, 6 and 3, 7 drawn: exactly 3.85, 2.1 and 1.05 of each stratum, 0.35 of a person.
    const roster = people(20, "a", (i) => (i < 11 ? "x" : i < 17 ? "y" : "z"));
    const counts = new Map(roster.map(({ participant }) => [participant, 0]));
    const draws = 800;
    for (let n = 0; n < draws; n++) {
      const { drawn } = sampleParticipants(request(roster, { seed: seedOf(n), size: { count: 7 } }), fastKeccak);
      expect(drawn).to.have.length(7);
      for (const { participant } of drawn) counts.set(participant, counts.get(participant)! + 1);
    }
    // Drawing without replacement makes X² smaller by 1 − 0.35; 36.19 is the 99th percentile of X² with 19 degrees of freedom.
    expect(chiSquare([...counts.values()], draws * 0.35) / 0.65).to.be.lessThan(36.19);
  });

  it("draws pairs equally often within a stratum", () => {
    const roster = people(6);
    const counts = new Map<string, number>();
    for (let n = 0; n < 1500; n++) {
      const { drawn } = sampleParticipants(request(roster, { seed: seedOf(n), size: { count: 2 } }), fastKeccak);
      const pair = drawn.map(({ participant }) => participant).join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    // 15 pairs; 29.14 is the 99th percentile of X² with 14 degrees of freedom.
    expect(counts.size).to.equal(15);
    expect(chiSquare([...counts.values()], 100)).to.be.lessThan(29.14);
  });

  it("gives each stratum its share, but for less than one", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.nat(30), fc.nat(1000), (strata, count, n) => {
        const roster = strata.flatMap((size, s) =>
          Array.from({ length: size }, (_, i) => entry(`p${s}-${i}`, "a", `s${s}`)),
        );
        const { drawn, providers } = sampleParticipants(request(roster, { seed: seedOf(n), size: { count } }));
        const asked = Math.min(count, roster.length);
        expect(providers).to.deep.equal([{ provider: "a", eligible: roster.length, asked, unsigned: 0 }]);
        expect(new Set(drawn.map(({ participant }) => participant)).size).to.equal(asked);
        strata.forEach((size, s) => {
          const got = drawn.filter(({ participant }) => participant.startsWith(`p${s}-`)).length;
          expect(Math.abs(got - (asked * size) / roster.length)).to.be.lessThan(1);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("does not hang on the order of the roster, nor one provider's draw on another's entries", () => {
    const roster = [...people(12, "a", (i) => `s${i % 3}`), ...people(9, "b")];
    const { drawn, rosterHash: hash } = sampleParticipants(request(roster));
    fc.assert(
      fc.property(fc.shuffledSubarray(roster, { minLength: roster.length }), (shuffled) => {
        expect(sampleParticipants(request(shuffled)))
          .to.include({ rosterHash: hash })
          .and.to.deep.include({ drawn });
      }),
      { numRuns: 20 },
    );
    const alone = sampleParticipants(request(people(9, "b"))).drawn;
    expect(drawn.filter(({ provider }) => provider === "b")).to.deep.equal(alone);
  });

  it("draws another sample with another seed, pool or round, and the same with another implementation of keccak", () => {
    const roster = people(40);
    const { drawn } = sampleParticipants(request(roster));
    for (const change of [{ seed: seedOf(2) }, { pool: `0x${"8".repeat(40)}` as const }, { round: 4 }]) {
      expect(sampleParticipants(request(roster, change)).drawn, JSON.stringify(change)).not.to.deep.equal(drawn);
    }
    expect(sampleParticipants(request(roster), fastKeccak).drawn).to.deep.equal(drawn);
  });

  it("draws those of a stratum with the lowest tickets", () => {
    const roster = people(10);
    const tickets = roster.map((one) => [ticketOf(request(roster), one), one.participant] as const).sort();
    const lowest = tickets
      .slice(0, 5)
      .map(([, participant]) => participant)
      .sort();
    expect(sampleParticipants(request(roster)).drawn.map(({ participant }) => participant)).to.deep.equal(lowest);
  });

  it("takes a share rounded up, at least the minimum, at most all, and only who signed", () => {
    const roster = [...people(21, "a"), ...people(3, "b"), entry("x", "b", "s", false), entry("y", "c", "s", false)];
    const { providers, drawn } = sampleParticipants(request(roster, { size: { share: 2500 }, minimum: 5 }));
    expect(providers).to.deep.equal([
      { provider: "a", eligible: 21, asked: 6, unsigned: 0 },
      { provider: "b", eligible: 3, asked: 3, unsigned: 1 },
      { provider: "c", eligible: 0, asked: 0, unsigned: 1 },
    ]);
    expect(drawn.some(({ participant }) => participant === "x" || participant === "y")).to.equal(false);
    expect(sampleParticipants(request([])).drawn).to.deep.equal([]);
  });

  it("is checked against its request", () => {
    const asked = request(people(12));
    const sample = sampleParticipants(asked);
    expect(sampleProblem(asked, sample)).to.equal(null);
    const [first, ...rest] = sample.drawn;
    const other = asked.roster.find(({ participant }) => !sample.drawn.some((one) => one.participant === participant))!;
    const swapped = { provider: "a", participant: other.participant };
    expect(sampleProblem(asked, { ...sample, drawn: rest })).to.contain(
      `${first!.participant} of a was drawn and is missing`,
    );
    expect(sampleProblem(asked, { ...sample, drawn: [...sample.drawn, swapped] })).to.contain("was not drawn");
    expect(sampleProblem(asked, { ...sample, drawn: [...sample.drawn, first!] })).to.be.a("string");
    expect(sampleProblem(asked, { ...sample, providers: [] })).to.be.a("string");
    expect(sampleProblem(request(people(13)), sample)).to.contain("the roster has hash");
    expect(sampleProblem({ ...asked, seed: seedOf(9) }, sample)).to.be.a("string");
  });

  it("refuses an entry that stands twice, also with another stratum, and what is not of its form", () => {
    const twice = request([entry("p1"), entry("p1", "a", "other")]);
    expect(faultOf(() => sampleParticipants(twice)).fault).to.include({ field: "roster", value: "p1" });
    expect(sampleParticipants(request([entry("p1"), entry("p1", "b")])).drawn).to.have.length(2);
    expect(faultOf(() => sampleParticipants(request([], { size: { share: 10_001 } }))).fault.field).to.contain("size");
    expect(faultOf(() => sampleParticipants(request([], { seed: "0x12" }))).fault.field).to.equal("seed");
    expect(rosterHash([entry("p1"), entry("p2")])).to.equal(rosterHash([entry("p2"), entry("p1")]));
    expect(rosterHash([entry("p1"), entry("p2")])).not.to.equal(
      rosterHash([entry("p1"), entry("p2", "a", "s", false)]),
    );
  });

  it("takes its seed from the block the rule says", () => {
    const rule = { format: "guerdon/sampling-rule/1", blocksAfterClosing: 64 } as const;
    expect(samplingBlock(rule, 1_000n)).to.equal(1_064n);
  });
});

describe("Slices for people", () => {
  const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
  const seed = { seed: seedOf(5), pool, round: 3 };

  it("are a share rounded up, of distinct ids, and differ by purpose", () => {
    const again = drawSlice("reinterview", seed, ids, 700);
    expect(again).to.have.length(3);
    expect(new Set([...again, ...ids]).size).to.equal(40);
    expect(drawSlice("reinterview", seed, [...ids].reverse(), 700)).to.deep.equal(again);
    expect(drawSlice("audit", seed, ids, 5000)).to.have.length(20);
    expect(drawSlice("audit", seed, ids, 700)).not.to.deep.equal(again);
    expect(drawSlice("audit", seed, [], 5000)).to.deep.equal([]);
  });

  it("keep to 5 to 10 % of second interviews", () => {
    for (const share of [499, 1001, 700.5]) {
      expect(faultOf(() => drawSlice("reinterview", seed, ids, share)).fault).to.include({
        field: "share",
        value: String(share),
      });
    }
    expect(drawSlice("reinterview", seed, ids, 500)).to.have.length(2);
    expect(faultOf(() => drawSlice("audit", seed, ["a", "a"], 500)).fault.field).to.equal("ids");
  });

  it("take every id equally often", () => {
    const counts = new Map(ids.map((id) => [id, 0]));
    for (let n = 0; n < 1000; n++) {
      for (const id of drawSlice("audit", { ...seed, seed: seedOf(n) }, ids, 1000, fastKeccak))
        counts.set(id, counts.get(id)! + 1);
    }
    // 62.43 is the 99th percentile of X² with 39 degrees of freedom.
    expect(chiSquare([...counts.values()], 100) / 0.9).to.be.lessThan(62.43);
  });
});
