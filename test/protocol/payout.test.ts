import { expect } from "chai";
import fc from "fast-check";
import type { Knot } from "../../contracts/protocol/curve.ts";
import {
  ABSTAINED,
  award,
  countsAsSilence,
  payout,
  refund,
  roundMoney,
  tally,
  totalPayable,
  validateRecord,
  type Outcome,
  type PaymentRule,
  type RoundFunds,
  type ScoreRecord,
} from "../../contracts/protocol/payout.ts";

const plain: PaymentRule = { metered: false, curve: [], fullPayBar: 0, defaultRate: 5000 };
const metered: PaymentRule = { ...plain, metered: true, fullPayBar: 10_000 };
const abstained: ScoreRecord = { score: ABSTAINED, units: 0n };

function scored(score: number, units = 0n): ScoreRecord {
  return { score, units };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

describe("award", () => {
  it("is weight times score where nothing is metered", () => {
    expect(award(plain, 7n, scored(9000))).to.deep.equal({ award: 63_000n, counted: 63_000n });
  });

  it("is units times score where metered, whatever the weight", () => {
    expect(award(metered, 150n, scored(9499, 148n))).to.deep.equal({ award: 1_405_852n, counted: 1_405_852n });
  });

  it("goes through the curve", () => {
    const curve = [
      { x: 9500, y: 0 },
      { x: 9500, y: 7500 },
    ];
    expect(award({ ...plain, curve }, 2n, scored(9499)).award).to.equal(0n);
    expect(award({ ...plain, curve }, 2n, scored(9500)).award).to.equal(15_000n);
  });

  it("pays the default rate of the weight to who abstained, and counts the whole weight", () => {
    for (const rule of [plain, metered]) {
      expect(award(rule, 3n, abstained)).to.deep.equal({ award: 15_000n, counted: 30_000n });
    }
    expect(award({ ...plain, defaultRate: 0 }, 3n, abstained)).to.deep.equal({ award: 0n, counted: 30_000n });
  });

  it("leaves an abstained provider untouched by the curve", () => {
    expect(award({ ...plain, curve: [{ x: 0, y: 1 }] }, 1n, abstained).award).to.equal(5000n);
  });
});

describe("tally", () => {
  it("divides by what was counted where θ is 0, so the whole budget goes out", () => {
    const { awards, totalAward, denominator } = tally(plain, [1n, 1n], [scored(1000), scored(3000)]);
    expect({ awards, totalAward, denominator }).to.deep.equal({
      awards: [1000n, 3000n],
      totalAward: 4000n,
      denominator: 4000n,
    });
    expect(awards.map((one) => payout(1000n, one, denominator))).to.deep.equal([250n, 750n]);
  });

  it("divides by the contracted weight where θ is 1, so what is not delivered is refunded", () => {
    const rule = { ...plain, fullPayBar: 10_000 };
    const { awards, totalAward, denominator } = tally(rule, [1n, 1n], [scored(1000), scored(3000)]);
    expect(denominator).to.equal(20_000n);
    expect(awards.map((one) => payout(1000n, one, denominator))).to.deep.equal([50n, 150n]);
    expect(totalPayable(1000n, totalAward, denominator)).to.equal(200n);
  });

  it("releases the whole budget once average goodness reaches the bar in between", () => {
    const rule = { ...plain, fullPayBar: 8000 };
    const paid = (score: number): bigint => {
      const { totalAward, denominator } = tally(rule, [5n, 5n], [scored(score), scored(score)]);
      return totalPayable(10_000n, totalAward, denominator);
    };
    expect([4000, 7999, 8000, 9000].map(paid)).to.deep.equal([5000n, 9998n, 10_000n, 10_000n]);
  });

  it("pays the default rate of the budget by weight in silence, whatever θ is", () => {
    for (const fullPayBar of [0, 5000, 10_000]) {
      const { awards, totalAward, denominator } = tally({ ...metered, fullPayBar, defaultRate: 2500 }, [1n, 3n], null);
      expect(awards.map((one) => payout(1600n, one, denominator))).to.deep.equal([100n, 300n]);
      expect(totalPayable(1600n, totalAward, denominator)).to.equal(400n);
    }
  });

  it("equals a vector in which everybody abstained", () => {
    expect(tally(metered, [1n, 3n], null)).to.deep.equal(tally(metered, [1n, 3n], [abstained, abstained]));
  });

  it("pays nothing where nothing was counted and θ is 0", () => {
    const { totalAward, denominator } = tally(plain, [1n, 3n], [scored(0), scored(0)]);
    expect(denominator).to.equal(0n);
    expect([payout(1000n, 0n, denominator), totalPayable(1000n, totalAward, denominator)]).to.deep.equal([0n, 0n]);
  });

  it("refuses another number of records than of providers", () => {
    expect(() => tally(plain, [1n], [])).to.throw(RangeError, "0 records for 1 providers");
    expect(() => tally(plain, [1n], [abstained, abstained])).to.throw(RangeError, "2 records for 1");
  });
});

describe("roundMoney", () => {
  const base = { funded: 10_001n, feeBps: 250, bond: 100n };
  const nothing = { fee: 0n, repayment: 0n, toArbiter: 0n, bondReturned: 0n };
  const fee = 250n; // floor(250.025)
  const cases: [Outcome, boolean, object][] = [
    ["unchallenged", true, { ...nothing, budget: 9751n, fee }],
    ["upheld", true, { ...nothing, budget: 9751n, fee, toArbiter: 100n }],
    ["unruled", true, { ...nothing, budget: 9751n, fee, bondReturned: 100n }],
    ["silence", false, { ...nothing, budget: 10_001n }],
    ["unchallenged", false, { ...nothing, budget: 10_001n }],
    ["upheld", false, { ...nothing, budget: 10_001n, toArbiter: 100n }],
    ["unruled", false, { ...nothing, budget: 10_001n, bondReturned: 100n }],
    ["replaced", true, { ...nothing, budget: 9901n, repayment: 100n, toArbiter: 100n }],
    ["replaced", false, { ...nothing, budget: 9901n, repayment: 100n, toArbiter: 100n }],
    ["voided", true, { ...nothing, budget: 9901n, repayment: 100n, toArbiter: 100n }],
    ["voided", false, { ...nothing, budget: 9901n, repayment: 100n, toArbiter: 100n }],
    ["cancelled", false, { ...nothing, budget: 10_001n }],
  ];
  for (const [outcome, assessed, expected] of cases) {
    it(`splits a round that was ${assessed ? "" : "not "}assessed and ended ${outcome}`, () => {
      expect(roundMoney({ ...base, outcome, assessed })).to.deep.equal(expected);
    });
  }

  it("refuses funds that cannot repay the bond", () => {
    const funds: RoundFunds = { ...base, funded: 99n, outcome: "voided", assessed: true };
    expect(() => roundMoney(funds)).to.throw(RangeError, "funds of 99 cannot repay a bond of 100");
    expect(roundMoney({ ...funds, funded: 100n }).budget).to.equal(0n);
  });

  it("knows whose vector counts", () => {
    const silent = cases.filter(([outcome, assessed]) => countsAsSilence(outcome, assessed));
    expect(silent.map(([outcome, assessed]) => `${outcome} ${assessed}`)).to.deep.equal([
      "silence false",
      "unchallenged false",
      "upheld false",
      "unruled false",
      "voided true",
      "voided false",
    ]);
  });
});

describe("validateRecord", () => {
  const faults: [string, PaymentRule, ScoreRecord, string][] = [
    ["a score above 10,000", plain, scored(10_001), "score 10001 is neither 0 to 10000 nor 65535"],
    ["a score just below 65,535", plain, scored(65_534), "score 65534"],
    ["a score above 65,535", plain, scored(65_536), "score 65536"],
    ["a negative score", plain, scored(-1), "score -1"],
    ["a fractional score", plain, scored(0.5), "score 0.5"],
    ["a score that is no number", plain, scored(NaN), "score NaN"],
    ["units where nothing is metered", plain, scored(1, 1n), "1 units in a pool that is not metered"],
    ["units of who abstained", metered, scored(ABSTAINED, 1n), "1 units in an abstained record"],
    [
      "more units than weight where θ is above 0",
      { ...metered, fullPayBar: 1 },
      scored(1, 151n),
      "151 units exceed the weight of 150",
    ],
    [
      "units beyond 32 bits",
      { ...metered, fullPayBar: 0 },
      scored(1, 2n ** 32n),
      "4294967296 units are not within 0 to 4294967295",
    ],
    ["negative units", metered, scored(1, -1n), "-1 units are not within"],
  ];
  for (const [what, rule, record, message] of faults) {
    it(`refuses ${what}`, () => expect(validateRecord(rule, 150n, record)).to.contain(message));
  }

  it("accepts every edge", () => {
    for (const score of [0, 10_000, ABSTAINED]) expect(validateRecord(plain, 1n, scored(score))).to.equal(null);
    for (const units of [0n, 150n]) expect(validateRecord(metered, 150n, scored(10_000, units))).to.equal(null);
    expect(validateRecord({ ...metered, fullPayBar: 0 }, 1n, scored(1, 2n ** 32n - 1n))).to.equal(null);
    expect(validateRecord(metered, 150n, abstained)).to.equal(null);
  });
});

const bps = fc.integer({ min: 0, max: 10_000 });
const curves = fc.array(fc.tuple(bps, bps), { maxLength: 8 }).map((pairs): Knot[] => {
  const ys = pairs.map(([, y]) => y).sort((a, b) => a - b);
  const xs = pairs.map(([x]) => x).sort((a, b) => a - b);
  return xs.map((x, i) => ({ x, y: ys[i]! }));
});
const bars = fc.oneof(bps, fc.constantFrom(0, 10_000));
const rules = fc.record({ metered: fc.boolean(), curve: curves, fullPayBar: bars, defaultRate: bps });
const entries = fc.array(
  fc.record({
    weight: fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }),
    score: fc.oneof(bps, fc.constant(ABSTAINED)),
    share: bps,
  }),
  { minLength: 1, maxLength: 30 },
);
const amounts = fc.oneof(fc.bigInt({ min: 0n, max: 5000n }), fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }));
const outcomes = fc.constantFrom<Outcome>("unchallenged", "silence", "upheld", "replaced", "voided", "unruled");

type Entry = { weight: bigint; score: number; share: number };

function recordOf(rule: PaymentRule, { weight, score, share }: Entry): ScoreRecord {
  const units = rule.metered && score !== ABSTAINED ? (weight * BigInt(share)) / 10_000n : 0n;
  return { score, units };
}

describe("money of a round, on random input", () => {
  it("loses less than a unit per provider, and never pays more than the budget", () => {
    fc.assert(
      fc.property(rules, entries, amounts, fc.boolean(), (rule, all, budget, silence) => {
        const records = silence ? null : all.map((entry) => recordOf(rule, entry));
        const { awards, totalAward, denominator } = tally(
          rule,
          all.map(({ weight }) => weight),
          records,
        );
        const paid = sum(awards.map((one) => payout(budget, one, denominator)));
        const payable = totalPayable(budget, totalAward, denominator);
        expect(paid <= payable && payable <= budget).to.equal(true);
        expect(paid > payable - BigInt(all.length)).to.equal(true);
        expect(totalAward <= denominator).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("accounts for every unit: payouts, fee, repayment, refunds and dust below providers plus buyers", () => {
    const buyers = fc.array(fc.bigInt({ min: 1n, max: 2n ** 64n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rules, entries, buyers, outcomes, fc.boolean(), fc.integer({ min: 0, max: 1000 }), (...args) => {
        const [rule, all, contributions, outcome, assessed, feeBps] = args;
        const funded = sum(contributions);
        const bond = funded / 2n;
        const money = roundMoney({ funded, feeBps, bond, outcome, assessed });
        const records = countsAsSilence(outcome, assessed) ? null : all.map((entry) => recordOf(rule, entry));
        const { awards, totalAward, denominator } = tally(
          rule,
          all.map(({ weight }) => weight),
          records,
        );
        const payable = totalPayable(money.budget, totalAward, denominator);
        const paid = sum(awards.map((one) => payout(money.budget, one, denominator)));
        const refunds = sum(contributions.map((c) => refund(money.budget, payable, c, funded)));
        const dust = funded - paid - money.fee - money.repayment - refunds;
        expect(dust >= 0n && dust < BigInt(all.length + contributions.length)).to.equal(true);
        const posted = ["upheld", "replaced", "voided", "unruled"].includes(outcome) ? bond : 0n;
        const parts = money.budget + money.fee + money.repayment + money.toArbiter + money.bondReturned;
        expect(parts).to.equal(funded + posted);
      }),
      { numRuns: 1000 },
    );
  });

  it("gains a buyer nothing to split its contribution", () => {
    fc.assert(
      fc.property(amounts, amounts, amounts, amounts, (budgetPart, one, other, rest) => {
        const funded = one + other + rest;
        const payable = funded === 0n ? 0n : budgetPart % (funded + 1n);
        const split = refund(funded, payable, one, funded) + refund(funded, payable, other, funded);
        const whole = refund(funded, payable, one + other, funded);
        expect(split <= whole && whole <= split + 1n).to.equal(true);
      }),
    );
  });

  it("gives everything back in a cancelled round, and nothing of an empty one", () => {
    const { budget } = roundMoney({ funded: 30n, feeBps: 1000, bond: 5n, outcome: "cancelled", assessed: false });
    expect([10n, 20n].map((c) => refund(budget, 0n, c, 30n))).to.deep.equal([10n, 20n]);
    expect(refund(0n, 0n, 0n, 0n)).to.equal(0n);
  });

  it("earns the arbiter the same whichever way it rules", () => {
    fc.assert(
      fc.property(amounts, fc.boolean(), (bond, assessed) => {
        const rulings: Outcome[] = ["upheld", "replaced", "voided"];
        for (const outcome of rulings) {
          const money = roundMoney({ funded: bond + 1n, feeBps: 10, bond, outcome, assessed });
          expect(money.toArbiter).to.equal(bond);
        }
      }),
    );
  });
});
