import { expect } from "chai";
import { roundMoney } from "../../contracts/protocol/payout.ts";
import { unpackTerms } from "../../contracts/protocol/terms.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { replayLedger } from "../../oracle/domain/ledger/replay.ts";
import { resultBytes, resultOf, resultSchema, seasonResult, type SeasonResult } from "../../oracle/domain/result.ts";
import { RESULT_FILE } from "../../oracle/domain/seal.ts";
import { textOf } from "./season/expect.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

const total = (amounts: readonly { readonly amount: string }[]): bigint =>
  amounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

describe("result of a season", () => {
  let all: Seasons;
  let sla: SeasonResult;
  let engine: SeasonResult;
  let contested: SeasonResult;

  before(async () => {
    all = await seasons();
    sla = seasonResult(all.sla.chain, all.sla.bundles);
    engine = seasonResult(all.engine.chain, all.engine.bundles);
    contested = seasonResult(all.contested.chain, all.contested.bundles);
  });

  it("lists all providers by the ids of the data set, in the order of the pool", () => {
    const ids = all.sla.spec.roster.map(({ id }) => id);
    expect(sla.rounds[0]!.payouts.map(({ providerId }) => providerId)).to.deep.equal(ids);
    expect([...ids].sort()).to.deep.equal(["api", "chat", "search", "site"]);
  });

  it("pays service credits as computed by hand: steps of 1,000 dollars for four", () => {
    const amounts = Object.fromEntries(sla.rounds[0]!.payouts.map((one) => [one.providerId, one]));
    // 37 of 2,880 minutes down: 98.71 %, so 75 %; 120 of 2,880: 95.83 %, so 75 %; nobody can judge the chat: half.
    expect(amounts["api"]).to.deep.include({ scoreBps: 9871, units: 1, amount: "187500000" });
    expect(amounts["site"]).to.deep.include({ scoreBps: 10_000, units: 1, amount: "250000000" });
    expect(amounts["search"]).to.deep.include({ scoreBps: 9583, amount: "187500000" });
    expect(amounts["chat"]).to.deep.include({ scoreBps: null, units: 1, amount: "125000000" });
    // 250 dollars go back: to a half, a third and a sixth, each rounded down.
    const refunds = sla.rounds[0]!.refunds.map(({ amount }) => amount).sort();
    expect(refunds).to.deep.equal(["125000000", "41666666", "83333333"]);
    expect(sla.rounds[0]).to.deep.include({ round: 0, budget: "1000000000", fee: "0", dust: "1" });
  });

  it("takes the fee where an assessment stands, and only there", () => {
    expect(engine.rounds.map(({ fee }) => fee)).to.deep.equal(["19444444", "0", "0"]);
    expect(contested.rounds.map(({ fee }) => fee)).to.deep.equal(["10000000", "0", "10000000", "0"]);
  });

  it("gives back a cancelled round whole", () => {
    const { payouts, refunds, dust, fee } = contested.rounds[1]!;
    expect(payouts.map(({ amount, scoreBps, units }) => [amount, scoreBps, units])).to.deep.equal(
      payouts.map(() => ["0", null, 0]),
    );
    expect(refunds).to.have.length(1);
    expect(refunds[0]).to.deep.include({ contributed: "5000000", amount: "5000000" });
    expect([dust, fee]).to.deep.equal(["0", "0"]);
  });

  it("pays the default rate for silence and for a voided assessment", () => {
    const half = (round: SeasonResult["rounds"][number], budget: bigint) => {
      const weights = all.engine.spec.roster.map(({ weight }) => BigInt(weight));
      const sum = weights.reduce((a, b) => a + b, 0n);
      expect(round.payouts.map(({ amount }) => BigInt(amount))).to.deep.equal(
        weights.map((weight) => (budget * weight * 5000n) / (sum * 10_000n)),
      );
      expect(round.payouts.every(({ scoreBps, units }) => scoreBps === null && units === 0)).to.equal(true);
    };
    half(engine.rounds[2]!, BigInt(engine.rounds[2]!.budget));
    half(contested.rounds[3]!, BigInt(contested.rounds[3]!.budget) - 7_000_000n);
  });

  it("takes scores and units of the vector that counts: the arbiter's where it replaced one", () => {
    const { payouts } = engine.rounds[1]!;
    for (const [i, { weight }] of all.engine.spec.roster.entries()) {
      expect(payouts[i]).to.deep.include({ scoreBps: 9000, units: weight - 3 });
    }
  });

  it("conserves the money of every round to the unit", () => {
    for (const season of [sla, engine, contested]) {
      for (const { round, budget, fee, payouts, refunds, dust } of season.rounds) {
        const overturned = (season === engine && round === 1) || (season === contested && round === 3);
        const { repayment } = roundMoney({
          funded: BigInt(budget),
          feeBps: 0,
          bond: 7_000_000n,
          outcome: overturned ? "voided" : "unchallenged",
          assessed: true,
        });
        const parts = total(payouts) + total(refunds) + BigInt(fee) + BigInt(dust) + repayment;
        expect(parts, `round ${round}`).to.equal(BigInt(budget));
        expect(Number(dust)).to.be.lessThan(payouts.length + refunds.length);
      }
    }
  });

  it("counts what was withdrawn as never put in, and sorts buyers", () => {
    const contributed = engine.rounds.map(({ refunds }) =>
      refunds.reduce((sum, one) => sum + BigInt(one.contributed), 0n),
    );
    expect(contributed).to.deep.equal([777_777_777n, 780_777_778n, 777_777_778n]);
    for (const { refunds } of engine.rounds) {
      const buyers = refunds.map(({ buyer }) => buyer);
      expect(buyers).to.deep.equal([...buyers].sort());
    }
  });

  it("is written in one way, with all terms, and read back by its schema", () => {
    const text = new TextDecoder().decode(resultBytes(engine));
    expect(text).to.equal(textOf(all.engine.files, RESULT_FILE));
    expect(text.endsWith("}\n")).to.equal(true);
    expect(text).to.contain('\n  "pool": "0x');
    expect(resultSchema.parse(JSON.parse(text))).to.deep.equal(engine);
    expect(Object.keys(engine)).to.deep.equal(["pool", "terms", "rounds"]);
    expect(Object.keys(engine.rounds[0]!)).to.deep.equal(["round", "budget", "fee", "payouts", "refunds", "dust"]);
    expect(Object.keys(engine.rounds[0]!.payouts[0]!)).to.deep.equal([
      "providerId",
      "address",
      "units",
      "scoreBps",
      "amount",
    ]);
    expect(Object.keys(engine.terms).sort()).to.deep.equal(Object.keys(unpackTerms(all.engine.chain.terms)).sort());
    expect(engine.terms).to.deep.include({ bond: "7000000", minimum: "50000000", metered: true, rounds: 3 });
  });

  it("refuses a season without a spec, one that is not over, and another roster", () => {
    const { chain, spec } = all.engine;
    expect(() => seasonResult(chain, [])).to.throw(InputError, "outcome spec");
    const head = { ...chain.head, time: unpackTerms(chain.terms).start };
    const early = { ...chain, ledger: chain.ledger.slice(0, 3), head };
    expect(() => seasonResult(early, [{ spec }])).to.throw(InputError, "is not settled yet");
    const { state } = replayLedger(chain, unpackTerms(chain.terms));
    expect(() => resultOf(state, spec.roster.slice(1), BigInt(chain.head.time))).to.throw(InputError, "roster has 2");
  });
});
