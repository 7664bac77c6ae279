import { expect } from "chai";
import fc from "fast-check";
import { DRIFT, findDrift, type DriftPair } from "../../../oracle/domain/integrity/drift.ts";
import { ranks, spearman, trendChance } from "../../../oracle/domain/integrity/rank.ts";
import { normal } from "../../../scripts/bench-assess/draws.ts";
import { seededRandom } from "../../../scripts/faults/support/random.ts";

// rank: ties, Spearman by hand and at its ends, trend chances by hand and against all orders
// findDrift: too few rounds or providers; steady; gap rises; too small a rise; ranks come apart; never together; words
//   seeded: pauses at no more than 5% of looks without drift, whatever is common to a round; finds clear drift

describe("Ranks", () => {
  it("share the mean where values tie", () => {
    expect(ranks([10, 30, 10, 20])).to.deep.equal([1.5, 4, 1.5, 3]);
  });

  it("correlate as by hand, and not where nothing varies", () => {
    // 1 − 6 · Σd² / (n(n² − 1)) with d = 0, 1, 1, 0, 0: 1 − 12 / 120.
    expect(Math.round(spearman([1, 2, 3, 4, 5], [1, 3, 2, 4, 5])! * 1e9)).to.equal(0.9e9);
    expect(spearman([1, 2, 3], [10, 20, 30])).to.equal(1);
    expect(spearman([1, 2, 3], [3, 2, 1])).to.equal(-1);
    expect(spearman([1, 1, 1], [1, 2, 3])).to.equal(null);
    expect(spearman([1, 2], [1, 2])).to.equal(null);
  });

  it("rise by chance as often as over all orders", () => {
    expect(trendChance([1, 2, 3, 4])).to.equal(1 / 24);
    expect(trendChance([1, 2, 4, 3])).to.equal(4 / 24);
    expect(trendChance([4, 3, 2, 1])).to.equal(1);
    const orders = (items: number[]): number[][] =>
      items.length === 0
        ? [[]]
        : items.flatMap((item) => orders(items.filter((one) => one !== item)).map((rest) => [item, ...rest]));
    const s = (list: number[]) =>
      list.reduce(
        (sum, a, i) => sum + list.slice(i).filter((b) => b > a).length - list.slice(i).filter((b) => b < a).length,
        0,
      );
    const all = orders([1, 2, 3, 4, 5]);
    for (const one of all.filter((_, i) => i % 7 === 0)) {
      expect(trendChance(one)).to.equal(all.filter((other) => s(other) >= s(one)).length / all.length);
    }
  });

  it("rise seldom by chance where values tie", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }), (values) => {
        const chance = trendChance(values);
        expect(chance > 0 && chance <= 1).to.equal(true);
        // Breaking ties downwards lowers the trend: the chance can only go up.
        expect(trendChance(values.map((value, i) => value - i / 100))).to.be.at.least(chance);
      }),
    );
  });
});

interface World {
  readonly rounds?: number;
  readonly providers?: number;
  readonly gap?: number;
  readonly loosen?: number;
  readonly shock?: number;
  readonly unrelated?: boolean;
}

/**
 * Providers of a quality of their own (sd 0.15), measured twice with error (sd 0.08) and what is common to all in a round (sd `shock`).
 * The paid score runs ahead by `gap` until the last round, or has lost the share `loosen` of its relation to quality by then.
 */
function world(seed: number, options: World): DriftPair[][] {
  const { rounds = 8, providers = 15, gap = 0, loosen = 0, shock = 0.05, unrelated = false } = options;
  const random = seededRandom(seed * 7919);
  const draw = () => 0.6 + 0.15 * normal(random);
  const quality = Array.from({ length: providers }, draw);
  return Array.from({ length: rounds }, (_, round) => {
    const part = round / (rounds - 1);
    const [paidShock, laterShock] = [shock * normal(random), shock * normal(random)];
    return quality.map((q, i) => ({
      provider: String(i),
      paid: (1 - loosen * part) * q + loosen * part * draw() + gap * part + 0.08 * normal(random) + paidShock,
      later: (unrelated ? draw() : q) + 0.08 * normal(random) + laterShock,
    }));
  });
}

const pauses = (worlds: number, options: World) => {
  let paused = 0;
  for (let seed = 1; seed <= worlds; seed++) if (findDrift(world(seed, options)).paused) paused++;
  return paused / worlds;
};

describe("Drift between paid and later criteria", () => {
  const even = (later: (quality: number, round: number) => number, rounds = 6, providers = 8): DriftPair[][] =>
    Array.from({ length: rounds }, (_, round) =>
      Array.from({ length: providers }, (_, i) => ({ provider: String(i), paid: i / 10, later: later(i / 10, round) })),
    );

  it("is not looked for in too few rounds or providers", () => {
    const falling = (quality: number, round: number) => quality - round / 10;
    expect(findDrift(even(falling, 5)).paused).to.equal(false);
    expect(findDrift(even(falling, 6, 7)).words).to.equal(
      "too little is known: 0 rounds of at least 8 providers, 6 are needed",
    );
    expect(findDrift(even(falling, 6)).paused).to.equal(true);
  });

  it("pauses where the gap rises from round to round by enough to matter, and says so", () => {
    const found = findDrift(even((quality, round) => quality - round / 25));
    expect(found.words).to.equal(
      "left out of the next pool: what is paid for has run ahead of what it stands for, by 2 points in the first rounds and 18 in the last",
    );
    expect(found.rounds.map(({ gap }) => Math.round(gap * 1e6))).to.deep.equal([
      0, 40_000, 80_000, 120_000, 160_000, 200_000,
    ]);
    expect(findDrift(even((quality, round) => quality - round / 100)).paused, "a rise of 0.04").to.equal(false);
    expect(findDrift(even((quality, round) => quality + round / 20)).paused, "later scores run ahead").to.equal(false);
    const steady = findDrift(even((quality) => quality / 2));
    expect(steady).to.include({ paused: false, words: "paid and later scores go together as before over 6 rounds" });
  });

  it("pauses where providers are no longer ranked alike", () => {
    // Each round two more of the best fall to the bottom of the later scores.
    const found = findDrift(even((quality, round) => (quality * 10 >= 8 - round ? -quality : quality) + 1));
    expect(found.paused).to.equal(true);
    expect(found.words).to.contain("providers are no longer ranked alike");
  });

  it("pauses where the two never went together, and only with enough providers to tell", () => {
    const apart = (quality: number) => [0.4, 0.1, 0.7, 0.3, 0.6, 0, 0.5, 0.2][Math.round(quality * 10)]!;
    // Ranks differ by 4, 0, 5, 0, 2, 5, 1, 5: 1 − 6 · 96 / 504 = −0.14. Twice the bar is 0.57 for 8 rounds and 0.46 for 12.
    expect(findDrift(even(apart, 8)).paused).to.equal(false);
    expect(findDrift(even(apart, 12)).words).to.equal(
      "left out of the next pool: what is paid for does not go with what it stands for, mean rank correlation -0.14",
    );
  });

  it("is found without being there at no more than the stated share of looks", () => {
    for (const options of [{}, { rounds: 6 }, { rounds: 12 }, { shock: 0 }, { shock: 0.15 }, { providers: 8 }]) {
      expect(pauses(400, options), JSON.stringify(options)).to.be.at.most(DRIFT.falseAlarm);
    }
  });

  it("is found where it is clear", () => {
    expect(pauses(200, { gap: 0.2, shock: 0 })).to.be.at.least(0.9);
    expect(pauses(200, { loosen: 1, rounds: 12 })).to.be.at.least(0.8);
    expect(pauses(200, { unrelated: true })).to.be.at.least(0.9);
    // What is common to a round hides a gap as large as itself: half is all that is found in time.
    expect(pauses(200, { gap: 0.2 })).to.be.within(0.2, 0.6);
  });
});
