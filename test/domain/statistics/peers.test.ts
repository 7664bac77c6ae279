import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../oracle/domain/errors.ts";
import { comparePeers, type PeerInput } from "../../../oracle/domain/statistics/peers.ts";

const provider = (exposure: number, score: number | null): PeerInput => ({ exposure, score });
const input = fc.record({
  exposure: fc.integer({ min: 0, max: 12 }),
  score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

describe("peer groups", () => {
  it("compare within quintiles, by hand", () => {
    // Ten providers, five groups of two: the group's median moved to the pool's, 0.5.
    const scores = [0.9, 0.7, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2, 0.3, 0.1];
    const found = comparePeers(
      scores.map((score, i) => provider(i, score)),
      { groups: 5, minGroup: 2 },
    );
    expect(found.map(({ group }) => group)).to.deep.equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(found.map(({ median }) => Math.round(median! * 100))).to.deep.equal([
      80, 80, 70, 70, 50, 50, 30, 30, 20, 20,
    ]);
    for (const [i, { score }] of found.entries()) expect(Math.round(score! * 1e9)).to.equal(i % 2 === 0 ? 6e8 : 4e8);
  });

  it("change nothing where the pool is too small for two groups", () => {
    const few = Array.from({ length: 9 }, (_, i) => provider(i, i / 8));
    expect(comparePeers(few).map(({ group, score }) => [group, score])).to.deep.equal(
      few.map(({ score }) => [0, score]),
    );
    expect(comparePeers([])).to.deep.equal([]);
  });

  it("keep equal exposures together, and join a small last group to its neighbour", () => {
    const exposures = [1, 1, 1, 1, 1, 1, 1, 1, 1, 2];
    const found = comparePeers(exposures.map((exposure) => provider(exposure, 0.5)));
    expect(found.map(({ group }) => group)).to.deep.equal(exposures.map(() => 0));
    const uneven = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2];
    expect(
      comparePeers(
        uneven.map((one) => provider(one, 0.5)),
        { groups: 2, minGroup: 4 },
      ).map(({ group }) => group),
    ).to.deep.equal(uneven.map((one) => one - 1));
  });

  it("leave who was not judged at null, and a group without any judged", () => {
    const found = comparePeers([provider(1, null), provider(1, null), provider(2, 0.25), provider(2, null)], {
      groups: 2,
      minGroup: 2,
    });
    expect(found).to.deep.equal([
      { group: 0, median: null, score: null },
      { group: 0, median: null, score: null },
      { group: 1, median: 0.25, score: 0.25 },
      { group: 1, median: 0.25, score: null },
    ]);
  });

  it("refuse what is no number", () => {
    expect(() => comparePeers([provider(NaN, 1)])).to.throw(InputError, '"exposure"');
    expect(() => comparePeers([provider(1, 2)])).to.throw(InputError, '"score"');
    expect(() => comparePeers([], { groups: 0, minGroup: 1 })).to.throw(InputError, '"groups"');
  });

  it("ascend with exposure, are never too small, and do not depend on order", () => {
    fc.assert(
      fc.property(
        fc.array(input, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (providers, minGroup) => {
          const found = comparePeers(providers, { groups: 5, minGroup });
          const sizes = new Map<number, number>();
          for (const { group } of found) sizes.set(group, (sizes.get(group) ?? 0) + 1);
          expect(sizes.size).to.be.at.most(5);
          if (providers.length >= minGroup) for (const size of sizes.values()) expect(size).to.be.at.least(minGroup);
          providers.forEach((one, i) =>
            providers.forEach((other, j) => {
              if (one.exposure <= other.exposure) expect(found[i]!.group).to.be.at.most(found[j]!.group);
            }),
          );
          expect(comparePeers(providers.toReversed(), { groups: 5, minGroup }).toReversed()).to.deep.equal(found);
        },
      ),
    );
  });
});
