import { expect } from "chai";
import fc from "fast-check";
import {
  encodeFunctionData,
  getAddress,
  keccak256,
  numberToHex,
  parseEventLogs,
  zeroAddress,
  zeroHash,
  type Address,
  type Hex,
} from "viem";
import { outcomePoolAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import {
  ABSTAINED,
  countsAsSilence,
  payout,
  refund,
  roundMoney,
  tally,
  totalPayable,
  validateRecord,
  type Outcome,
  type RoundMoney,
  type ScoreRecord,
  type Tally,
} from "../../contracts/protocol/payout.ts";
import { DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import { poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { encodeProviders, encodeScores, validateProviders } from "../../contracts/protocol/vector.ts";
import { oracle, RUNS, startChain, type Chain, type Receipt } from "./chain.ts";
import { addresses, amounts, curves, SEED } from "./random.ts";

const POOLS = 200 * RUNS;
const ROUNDS = 2;
const PAID = 5;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const PHASES = {
  cancelled: 0,
  silence: 0,
  unchallenged: 1,
  unruled: 2,
  upheld: 3,
  replaced: 4,
  voided: 5,
} as const satisfies Record<Outcome, number>;
const CANCELLED = 2;
const SETTLED = 7;

/** A round as it is drawn; what cannot be is adapted, see `planRound`. */
interface RoundDraw {
  readonly outcome: Outcome;
  readonly assessed: boolean;
  readonly contributions: readonly { buyer: number; amount: bigint; late: boolean }[];
  /** Part of the early contribution of buyer 0 that is taken back, in thousandths. */
  readonly withdrawn: number;
  /** When in their windows assessment, challenge and ruling come, in thousandths. */
  readonly when: readonly [number, number, number];
}

/** A score and units before the rules of the pool are applied to them. */
interface RecordDraw {
  readonly score: number;
  readonly units: bigint;
}

interface ProviderDraw {
  readonly address: Address;
  readonly weight: bigint;
  /** Per round: the oracle's record and the arbiter's. */
  readonly records: readonly (readonly [RecordDraw, RecordDraw])[];
}

const scores = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 10_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2_500, 5_000, 9_999, 10_000) },
  { weight: 1, arbitrary: fc.constant(ABSTAINED) },
);
const weights = fc.oneof(
  fc.bigInt({ min: 1n, max: 9n }),
  fc.bigInt({ min: 1n, max: 10_000n }),
  fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }),
);
const record: fc.Arbitrary<RecordDraw> = fc.record({
  score: scores,
  units: fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 2n ** 32n - 1n })),
});
const provider: fc.Arbitrary<ProviderDraw> = fc.record({
  address: addresses,
  weight: weights,
  records: fc.array(fc.tuple(record, record), { minLength: ROUNDS, maxLength: ROUNDS }),
});
const thousandths = fc.integer({ min: 0, max: 999 });
const round: fc.Arbitrary<RoundDraw> = fc.record({
  outcome: fc.constantFrom<Outcome>(
    "cancelled",
    "unchallenged",
    "unchallenged",
    "silence",
    "upheld",
    "replaced",
    "voided",
    "unruled",
  ),
  assessed: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  contributions: fc.array(
    fc.record({ buyer: fc.integer({ min: 0, max: PAID - 1 }), amount: amounts, late: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  ),
  withdrawn: fc.integer({ min: 0, max: 1_000 }),
  when: fc.tuple(thousandths, thousandths, thousandths),
});
const rate = fc.oneof(fc.constantFrom(0, 5_000, 10_000), fc.integer({ min: 0, max: 10_000 }));
const window = (max: number): fc.Arbitrary<number> => fc.integer({ min: HOUR, max });
const poolDraw = fc.record({
  providers: fc.uniqueArray(provider, { minLength: 1, maxLength: 40, selector: (p) => p.address }),
  rounds: fc.array(round, { minLength: ROUNDS, maxLength: ROUNDS }),
  metered: fc.boolean(),
  curve: curves,
  fullPayBar: rate,
  defaultRate: rate,
  feeBps: fc.oneof(fc.constantFrom(0, 1_000), fc.integer({ min: 0, max: 1_000 })),
  arbitrated: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  minimum: amounts,
  bond: fc.bigInt({ min: 0n, max: 2n ** 100n }),
  period: window(30 * DAY),
  assessmentWindow: window(90 * DAY),
  challengeWindow: window(30 * DAY),
  rulingWindow: fc.integer({ min: DAY, max: 90 * DAY }),
});
type PoolDraw = typeof poolDraw extends fc.Arbitrary<infer T> ? T : never;

/** A round as it is going to be: which outcome, with whose money and by which vectors. */
interface RoundPlan extends RoundDraw {
  readonly scored: readonly ScoreRecord[];
  readonly ruled: readonly ScoreRecord[];
}

/** Something that is done to a pool, as soon as the clock has reached a time. */
interface Step {
  readonly time: bigint;
  readonly from: Address;
  readonly data: Hex;
}

/** What must hold of a round once all was done, by contracts/protocol/payout.ts. */
interface Expected {
  readonly plan: RoundPlan;
  readonly funded: bigint;
  readonly contributions: ReadonlyMap<number, bigint>;
  readonly money: RoundMoney;
  readonly tally: Tally;
  readonly payable: bigint;
  readonly payouts: readonly bigint[];
  /** Of each account among `accounts`, in the order of buyers. */
  readonly refunds: ReadonlyMap<number, bigint>;
}

describe("parity: money of a round", () => {
  let chain: Chain;
  let manager: Address;
  let arbiter: Address;
  let challenger: Address;
  let feeRecipient: Address;
  let buyers: Address[];
  const seen = new Map<string, number>();

  before(async () => {
    chain = await startChain();
    const [, ...accounts] = chain.accounts.map((account) => getAddress(account));
    [manager, arbiter, challenger, feeRecipient] = accounts as [Address, Address, Address, Address];
    buyers = accounts.slice(4, 4 + PAID);
    for (const to of [challenger, ...buyers]) {
      const args = [to, 2n ** 160n] as const;
      await chain.send(
        manager,
        chain.token,
        encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args }),
      );
    }
  });
  after(() => chain.connection.close());

  it(`is the same here and on chain, to the unit, in ${POOLS * ROUNDS} random settlements`, async function () {
    this.timeout(300_000 * RUNS);
    await fc.assert(
      fc.asyncProperty(poolDraw, async (draw) => {
        const providers = [...draw.providers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
        const terms = termsOf(draw, await chain.now());
        const address = await chain.createPool(terms);
        const plans = draw.rounds.map((one, i) => planRound(one, terms, providers, i));
        const steps = [
          ...(await setUp(address, terms, providers)),
          ...(await Promise.all(plans.map((plan, i) => stepsOf(address, terms, plan, i)))).flat(),
        ].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
        for (const step of steps) await take(address, step);
        await chain.mineAt(finalTime(terms, await chain.now()));
        const weights = providers.map((one) => one.weight);
        let dust = 0n;
        for (const [i, plan] of plans.entries()) {
          const expected = expectationOf(terms, weights, plan);
          await compareViews(address, terms, providers, i, expected);
          dust += await drain(address, providers, i, expected);
          seen.set(plan.outcome, (seen.get(plan.outcome) ?? 0) + 1);
        }
        // Nobody was left out, be it the arbiter or a challenger.
        expect(await balance(address)).to.equal(dust);
      }),
      // Shrinking goes on from a chain that has moved on; it may take long and is still worth it.
      { seed: SEED, numRuns: POOLS, endOnFailure: process.env["SHRINK"] === undefined },
    );
  });

  it("saw every outcome", () => {
    for (const outcome of Object.keys(PHASES)) expect(seen.get(outcome) ?? 0, outcome).to.be.greaterThan(4);
  });

  function termsOf(draw: PoolDraw, now: bigint): Terms {
    const { metered, curve, fullPayBar, defaultRate, feeBps, arbitrated, minimum } = draw;
    const { period, assessmentWindow, challengeWindow, rulingWindow } = draw;
    return {
      ...DEFAULT_TERMS,
      token: chain.token,
      oracle: oracle.address,
      manager,
      feeRecipient,
      arbiter: arbitrated ? arbiter : zeroAddress,
      bond: arbitrated ? (draw.bond % minimum) + 1n : 0n,
      specHash: keccak256("0x01"),
      start: Number(now) + DAY + HOUR,
      rounds: ROUNDS,
      ...{ metered, curve, fullPayBar, defaultRate, feeBps, minimum },
      ...{ period, assessmentWindow, challengeWindow, rulingWindow },
    };
  }

  /** Enrolment and approvals. */
  async function setUp(pool: Address, terms: Terms, providers: readonly ProviderDraw[]): Promise<Step[]> {
    expect(validateProviders(providers)).to.equal(null);
    const time = (await chain.now()) + 1n;
    const approve = encodeFunctionData({
      abi: testStablecoinAbi,
      functionName: "approve",
      args: [pool, 2n ** 256n - 1n],
    });
    for (const from of terms.arbiter === zeroAddress ? buyers : [challenger, ...buyers]) {
      await chain.send(from, chain.token, approve);
    }
    const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: [encodeProviders(providers)] });
    return [{ time, from: manager, data }];
  }

  async function stepsOf(pool: Address, terms: Terms, plan: RoundPlan, round: number): Promise<Step[]> {
    const start = BigInt(terms.start) + BigInt(round * terms.period);
    const end = start + BigInt(terms.period);
    const steps: Step[] = [];
    const add = (time: bigint, from: Address, data: Hex): void => void steps.push({ time, from, data });
    for (const { buyer, amount, late } of plan.contributions) {
      const from = buyers[buyer]!;
      const args = [round, from, amount] as const;
      const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "fund", args });
      add(late ? start : BigInt(terms.start - HOUR), from, data);
    }
    const back = taken(plan);
    if (back > 0n) {
      const args = [round, back, buyers[1]!] as const;
      const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "withdraw", args });
      add(BigInt(terms.start - HOUR / 2), buyers[0]!, data);
    }
    if (plan.outcome === "cancelled") return steps;
    // A window's last minutes stay free, as each transaction has a second of its own.
    const within = (from: bigint, window: number, part: number): bigint =>
      from + (BigInt(window - 600) * BigInt(part)) / 1_000n;
    let challengeable = end + BigInt(terms.assessmentWindow);
    if (plan.assessed) {
      const scores = encodeScores(plan.scored, terms.metered);
      const message = { round, evidenceRoot: rootOf(round, 1), scores };
      const domain = poolDomain(await chain.client.getChainId(), pool);
      const signature = await oracle.signTypedData(typedData("Assessment", domain, message));
      challengeable = within(end, terms.assessmentWindow, plan.when[0]);
      const args = [round, message.evidenceRoot, scores, signature] as const;
      add(challengeable, manager, encodeFunctionData({ abi: outcomePoolAbi, functionName: "assess", args }));
    }
    if (plan.outcome === "unchallenged" || plan.outcome === "silence") return steps;
    const challenged = within(challengeable + 100n, terms.challengeWindow - 100, plan.when[1]);
    const args = [round, keccak256("0x05")] as const;
    add(challenged, challenger, encodeFunctionData({ abi: outcomePoolAbi, functionName: "challenge", args }));
    if (plan.outcome === "unruled") return steps;
    const ruled = within(challenged + 100n, terms.rulingWindow - 100, plan.when[2]);
    add(ruled, arbiter, rulingData(plan, terms, round));
    return steps;
  }

  async function take(pool: Address, step: Step): Promise<Receipt> {
    const next = (await chain.now()) + 1n;
    return chain.send(step.from, pool, step.data, step.time > next ? step.time : next);
  }

  async function compareViews(
    address: Address,
    terms: Terms,
    providers: readonly ProviderDraw[],
    round: number,
    expected: Expected,
  ): Promise<void> {
    const pool = chain.poolAt(address);
    const { plan, money } = expected;
    const cancelled = plan.outcome === "cancelled";
    const { since, ...info } = await pool.read.roundInfo([round]);
    const vector = vectorOf(plan);
    expect(info).to.deep.equal({
      state: cancelled ? CANCELLED : SETTLED,
      deadline: 0n,
      phase: PHASES[plan.outcome],
      funded: expected.funded,
      evidenceRoot: vector === null ? zeroHash : rootOf(round, plan.outcome === "replaced" ? 2 : 1),
      challenger: isChallenged(plan) ? challenger : zeroAddress,
      totalAward: vector === null ? 0n : expected.tally.totalAward,
      denominator: vector === null ? 0n : expected.tally.denominator,
      budget: cancelled ? 0n : money.budget,
      payable_: cancelled ? 0n : expected.payable,
      fee: money.fee,
      feePaid: false,
      bondPaid: false,
      arbiterPaid: false,
    });
    expect(since > 0n).to.equal(PHASES[plan.outcome] !== 0);
    const list = await pool.read.scores([round, 0n, BigInt(providers.length)]);
    expect(list.map(({ score, units }) => ({ score, units: BigInt(units) }))).to.deep.equal(vector ?? []);
    for (const [i, buyer] of buyers.entries()) {
      expect(await pool.read.contributionOf([round, buyer])).to.equal(expected.contributions.get(i) ?? 0n);
      expect(await pool.read.refundOf([round, buyer])).to.equal(expected.refunds.get(i) ?? 0n);
    }
    if (cancelled) return;
    const answers = await Promise.all(providers.map((_, i) => pool.read.payoutOf([round, BigInt(i)])));
    expect(answers).to.deep.equal(providers.map((one, i) => [one.address, expected.payouts[i], false]));
  }

  /** Pays everybody, some by distribution and some by claim; returns the dust, having accounted for every unit. */
  async function drain(
    address: Address,
    providers: readonly ProviderDraw[],
    round: number,
    expected: Expected,
  ): Promise<bigint> {
    const { money, plan, payouts, refunds } = expected;
    const before = await balance(address);
    const half = Math.floor(providers.length / 2);
    const due: [Address, bigint][] = [];
    const paid: [Address, bigint][] = [];
    const pay = async (data: Hex): Promise<void> => {
      const { logs } = await chain.send(manager, address, data);
      const found = parseEventLogs({ abi: testStablecoinAbi, eventName: "Transfer", logs: logs as never });
      paid.push(...found.map(({ args }): [Address, bigint] => [args.to, args.value]));
    };
    const call = { abi: outcomePoolAbi } as const;
    if (plan.outcome !== "cancelled") {
      const args = [round, BigInt(half), BigInt(providers.length - half)] as const;
      await pay(encodeFunctionData({ ...call, functionName: "distribute", args }));
      for (let i = 0; i < Math.min(half, 2); i++) {
        await pay(encodeFunctionData({ ...call, functionName: "claim", args: [BigInt(i), [round]] }));
      }
      await pay(
        encodeFunctionData({ ...call, functionName: "distribute", args: [round, 0n, BigInt(providers.length)] }),
      );
      const order = [...providers.keys()];
      const sequence = [...order.slice(half), ...order.slice(0, half)];
      due.push(...sequence.map((i): [Address, bigint] => [providers[i]!.address, payouts[i]!]));
    }
    if (money.fee > 0n) await pay(encodeFunctionData({ ...call, functionName: "payFee", args: [round] }));
    due.push([feeRecipient, money.fee]);
    const back = money.repayment + money.bondReturned;
    if (back > 0n) await pay(encodeFunctionData({ ...call, functionName: "payBond", args: [round] }));
    due.push([challenger, back]);
    if (money.toArbiter > 0n) await pay(encodeFunctionData({ ...call, functionName: "payArbiter", args: [round] }));
    due.push([arbiter, money.toArbiter]);
    for (const [i, buyer] of buyers.entries()) {
      if (!expected.contributions.get(i)) continue;
      await pay(encodeFunctionData({ ...call, functionName: "refund", args: [round, buyer, buyer] }));
      due.push([buyer, refunds.get(i)!]);
    }
    expect(paid).to.deep.equal(due.filter(([, amount]) => amount > 0n));

    const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n);
    const spent = sum(payouts) + money.fee + money.repayment + sum(refunds.values());
    const dust = expected.funded - spent;
    expect(before - (await balance(address))).to.equal(spent + money.toArbiter + money.bondReturned);
    expect(dust >= 0n && dust < BigInt(providers.length + expected.contributions.size), `dust ${dust}`).to.equal(true);
    const info = await chain.poolAt(address).read.roundInfo([round]);
    expect([info.feePaid, info.bondPaid, info.arbiterPaid]).to.deep.equal([
      money.fee > 0n,
      back > 0n,
      money.toArbiter > 0n,
    ]);
    return dust;
  }

  async function balance(account: Address): Promise<bigint> {
    return chain.tokenAt().read.balanceOf([account]);
  }
});

/** What can be of a drawn round under these terms. */
function planRound(draw: RoundDraw, terms: Terms, providers: readonly ProviderDraw[], round: number): RoundPlan {
  const [scored, ruled] = [0, 1].map((who) =>
    providers.map(({ weight, records }) => {
      const { score, units } = records[round]![who]!;
      const most = terms.fullPayBar > 0 ? weight : 2n ** 32n - 1n;
      const fitting = { score, units: terms.metered && score !== ABSTAINED ? units % (most + 1n) : 0n };
      expect(validateRecord(terms, weight, fitting)).to.equal(null);
      return fitting;
    }),
  ) as [ScoreRecord[], ScoreRecord[]];
  const outcome = possible(draw, terms);
  const assessed = { cancelled: false, silence: false, unchallenged: true, voided: true }[outcome as string];
  return {
    ...draw,
    ...{ outcome, scored, ruled },
    assessed: assessed ?? draw.assessed,
    contributions: outcome === "cancelled" ? tooLittle(draw, terms) : enough(draw, terms),
  };
}

function possible({ outcome, assessed }: RoundDraw, terms: Terms): Outcome {
  if (terms.arbiter !== zeroAddress || ["cancelled", "silence", "unchallenged"].includes(outcome)) return outcome;
  return assessed ? "unchallenged" : "silence";
}

function tooLittle({ contributions }: RoundDraw, { minimum }: Terms): RoundDraw["contributions"] {
  let total = 0n;
  return contributions.filter(({ amount }) => {
    if (total + amount >= minimum) return false;
    total += amount;
    return true;
  });
}

function enough(draw: RoundDraw, { minimum }: Terms): RoundDraw["contributions"] {
  const total = draw.contributions.reduce((sum, { amount }) => sum + amount, 0n) - taken(draw);
  return total >= minimum
    ? draw.contributions
    : [...draw.contributions, { buyer: 2, amount: minimum - total, late: true }];
}

/** What buyer 0 takes back before the start. */
function taken({ contributions, withdrawn }: Pick<RoundDraw, "contributions" | "withdrawn">): bigint {
  const early = contributions.filter(({ buyer, late }) => buyer === 0 && !late);
  return (early.reduce((sum, { amount }) => sum + amount, 0n) * BigInt(withdrawn)) / 1_000n;
}

function isChallenged({ outcome }: RoundPlan): boolean {
  return !["cancelled", "silence", "unchallenged"].includes(outcome);
}

/** The vector that counts in the end, or `null`. */
function vectorOf(plan: RoundPlan): readonly ScoreRecord[] | null {
  if (plan.outcome === "replaced") return plan.ruled;
  if (plan.outcome === "voided" || plan.outcome === "cancelled") return null;
  return plan.assessed ? plan.scored : null;
}

function rootOf(round: number, who: number): Hex {
  return keccak256(numberToHex(256 * round + who));
}

function rulingData({ outcome, ruled }: RoundPlan, terms: Terms, round: number): Hex {
  const call = { abi: outcomePoolAbi, functionName: "rule" } as const;
  if (outcome === "replaced") {
    return encodeFunctionData({ ...call, args: [round, 1, rootOf(round, 2), encodeScores(ruled, terms.metered)] });
  }
  return encodeFunctionData({ ...call, args: [round, outcome === "upheld" ? 0 : 2, zeroHash, "0x"] });
}

/** When all rounds are settled, whatever happens in them. */
function finalTime(terms: Terms, now: bigint): bigint {
  const windows = terms.assessmentWindow + terms.challengeWindow + terms.rulingWindow;
  const time = BigInt(terms.start + terms.rounds * terms.period + windows + 1_000);
  return time > now ? time : now + 1n;
}

function expectationOf(terms: Terms, weights: readonly bigint[], plan: RoundPlan): Expected {
  const { outcome, assessed } = plan;
  const contributions = new Map<number, bigint>();
  for (const { buyer, amount } of plan.contributions) {
    contributions.set(buyer, (contributions.get(buyer) ?? 0n) + amount);
  }
  const back = taken(plan);
  if (back > 0n) contributions.set(0, contributions.get(0)! - back);
  if (contributions.get(0) === 0n) contributions.delete(0);
  const funded = [...contributions.values()].reduce((sum, amount) => sum + amount, 0n);
  const money = roundMoney({ funded, feeBps: terms.feeBps, bond: terms.bond, outcome, assessed });
  const cancelled = outcome === "cancelled";
  const claims = tally(terms, weights, countsAsSilence(outcome, assessed) || cancelled ? null : vectorOf(plan));
  const payable = cancelled ? 0n : totalPayable(money.budget, claims.totalAward, claims.denominator);
  const payouts = cancelled ? [] : claims.awards.map((one) => payout(money.budget, one, claims.denominator));
  const refunds = new Map([...contributions].map(([i, c]) => [i, refund(money.budget, payable, c, funded)]));
  return { plan, funded, contributions, money, tally: claims, payable, payouts, refunds };
}
