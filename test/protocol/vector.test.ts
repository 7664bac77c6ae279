import { expect } from "chai";
import fc from "fast-check";
import { getAddress, type Address, type Hex } from "viem";
import { MAX_METERED_PROVIDERS, MAX_PROVIDERS } from "../../contracts/protocol/limits.ts";
import { ABSTAINED } from "../../contracts/protocol/payout.ts";
import {
  decodeProviders,
  decodeScores,
  encodeProviders,
  encodeScores,
  validateProviders,
  type ProviderRecord,
} from "../../contracts/protocol/vector.ts";

function address(number: bigint): Address {
  return getAddress(`0x${number.toString(16).padStart(40, "0")}`);
}

describe("score vector", () => {
  it("is two bytes a score, big endian", () => {
    const records = [
      { score: 1, units: 0n },
      { score: 10_000, units: 0n },
      { score: ABSTAINED, units: 0n },
    ];
    expect(encodeScores(records, false)).to.equal("0x00012710ffff");
    expect(decodeScores("0x00012710ffff", false, 3)).to.deep.equal(records);
  });

  it("is score and units, six bytes, where metered", () => {
    const records = [
      { score: 9866, units: 148n },
      { score: ABSTAINED, units: 0n },
      { score: 1, units: 4_294_967_295n },
    ];
    expect(encodeScores(records, true)).to.equal("0x268a00000094ffff000000000001ffffffff");
    expect(decodeScores(encodeScores(records, true), true)).to.deep.equal(records);
  });

  it("may be empty", () => {
    expect(encodeScores([], true)).to.equal("0x");
    expect(decodeScores("0x", true, 0)).to.deep.equal([]);
  });

  it("survives a round trip", () => {
    const score = fc.integer({ min: 0, max: 65_535 });
    const units = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
    fc.assert(
      fc.property(fc.array(fc.record({ score, units })), fc.boolean(), (all, metered) => {
        const records = metered ? all : all.map(({ score }) => ({ score, units: 0n }));
        const vector = encodeScores(records, metered);
        expect(vector.length).to.equal(2 + records.length * (metered ? 12 : 4));
        expect(decodeScores(vector, metered, records.length)).to.deep.equal(records);
      }),
    );
  });

  const badRecords: [string, number, bigint, boolean, string][] = [
    ["a score beyond 16 bits", 65_536, 0n, false, "score of record 1 is 65536"],
    ["a negative score", -1, 0n, false, "score of record 1 is -1"],
    ["a fractional score", 0.5, 0n, false, "score of record 1 is 0.5; expected a whole number"],
    ["a score that is no number", NaN, 0n, false, "score of record 1 is NaN"],
    ["units where not metered", 1, 1n, false, "units of record 1 is 1; expected 0 to 0"],
    ["units beyond 32 bits", 1, 2n ** 32n, true, "units of record 1 is 4294967296"],
    ["negative units", 1, -1n, true, "units of record 1 is -1"],
  ];
  for (const [what, score, units, metered, message] of badRecords) {
    it(`does not encode ${what}`, () => {
      const records = [
        { score: 0, units: 0n },
        { score, units },
      ];
      expect(() => encodeScores(records, metered)).to.throw(RangeError, message);
    });
  }

  const badVectors: [string, string, boolean, number | undefined, string][] = [
    ["half a record", "0x000102", false, undefined, "score vector has 3 bytes; expected a multiple of 2"],
    ["a metered record cut short", "0x0001000000", true, undefined, "has 5 bytes; expected a multiple of 6"],
    ["one record too few", "0x0001", false, 2, "has 2 bytes; expected 2 records of 2"],
    ["one record too many", "0x000100020003", false, 2, "has 6 bytes; expected 2 records of 2"],
    ["half a byte", "0x000", false, undefined, "not a string of hex bytes"],
    ["no prefix", "0001", false, undefined, "not a string of hex bytes"],
    ["letters that are no hex", "0x00zz", false, undefined, "not a string of hex bytes"],
  ];
  for (const [what, vector, metered, count, message] of badVectors) {
    it(`does not decode ${what}`, () => {
      expect(() => decodeScores(vector as Hex, metered, count)).to.throw(RangeError, message);
    });
  }

  it("holds as many records as a pool has providers, and no more", () => {
    for (const [metered, most, width] of [
      [false, MAX_PROVIDERS, 2],
      [true, MAX_METERED_PROVIDERS, 6],
    ] as const) {
      const records = Array.from({ length: most + 1 }, () => ({ score: 0, units: 0n }));
      expect(() => encodeScores(records, metered)).to.throw(RangeError, `at most ${most}`);
      expect(() => decodeScores(`0x${"00".repeat((most + 1) * width)}`, metered)).to.throw(
        RangeError,
        `at most ${most}`,
      );
      expect(decodeScores(encodeScores(records.slice(1), metered), metered)).to.have.length(most);
    }
  });
});

describe("provider list", () => {
  const [one, two] = [address(1n), address(2n ** 160n - 1n)];

  it("is address and weight, 24 bytes a provider", () => {
    const list = encodeProviders([
      { address: one, weight: 150n },
      { address: two, weight: 4_294_967_295n },
    ]);
    expect(list).to.equal(`0x${"00".repeat(19)}0100000096${"ff".repeat(24)}`);
  });

  it("survives a round trip, with checksums", () => {
    const provider = fc.record({
      address: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map(address),
      weight: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
    });
    fc.assert(
      fc.property(fc.array(provider), (providers) => {
        expect(decodeProviders(encodeProviders(providers), providers.length)).to.deep.equal(providers);
      }),
    );
  });

  it("refuses what does not fit", () => {
    const encode = (address: string, weight: bigint) => () =>
      encodeProviders([{ address: address as Address, weight }]);
    expect(encode(one, 2n ** 32n)).to.throw(RangeError, "weight of provider 0 is 4294967296");
    expect(encode(one, -1n)).to.throw(RangeError, "weight of provider 0 is -1");
    expect(encode(one.slice(0, -1), 1n)).to.throw(RangeError, "address of provider 0 is none");
    expect(() => decodeProviders(`0x${"00".repeat(23)}`)).to.throw(
      RangeError,
      "provider list has 23 bytes; expected a multiple of 24",
    );
    expect(() => decodeProviders(`0x${"00".repeat(24)}`, 2)).to.throw(RangeError, "expected 2 records of 24");
    expect(() => decodeProviders(`0x${"00".repeat(24 * (MAX_PROVIDERS + 1))}`)).to.throw(RangeError, "at most 8191");
  });

  it("tells which list a pool would refuse, and why", () => {
    const list = (...pairs: [bigint, bigint][]): ProviderRecord[] =>
      pairs.map(([number, weight]) => ({ address: address(number), weight }));
    expect(validateProviders(list([1n, 1n], [2n, 1n], [2n ** 160n - 1n, 1n]))).to.equal(null);
    expect(validateProviders(list([0n, 1n]))).to.contain("provider 0 has the zero address");
    expect(validateProviders(list([1n, 1n], [2n, 0n])))
      .to.contain("provider 1")
      .and.to.contain("has no weight");
    expect(validateProviders(list([1n, 1n], [1n, 1n]))).to.contain("is listed twice");
    expect(validateProviders(list([2n, 1n], [1n, 1n]))).to.contain("not in ascending order");
  });

  it("orders addresses by number, not by the letters of their checksums", () => {
    const mixed = ["0x000000000000000000000000000000000000000A", "0x000000000000000000000000000000000000000b"] as const;
    expect(validateProviders(mixed.map((address) => ({ address, weight: 1n })))).to.equal(null);
    expect(validateProviders(mixed.toReversed().map((address) => ({ address, weight: 1n })))).to.contain("ascending");
  });
});
