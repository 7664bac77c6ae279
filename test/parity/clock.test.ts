import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionData, getAddress, keccak256, zeroAddress, zeroHash, type Address } from "viem";
import {
  ROUND_PHASES,
  ROUND_STATES,
  roundStatus,
  roundTimes,
  settledAt,
  settledOutcome,
  type RoundFacts,
} from "../../contracts/protocol/clock.ts";
import { outcomePoolAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { clockTerms, DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import { poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { encodeProviders } from "../../contracts/protocol/vector.ts";
import { oracle, RUNS, startChain, type Chain } from "./chain.ts";
import { SEED } from "./random.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const ROUNDS = 4;
const MINIMUM = 1_000n;

/** Where in a half-open window something happens: its first second, its last, or in between. */
const moments = fc.oneof(fc.constantFrom<0 | 1>(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const window = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constant(min), fc.integer({ min, max }), fc.constant(max));
const scenario = fc.record({
  round: fc.integer({ min: 0, max: ROUNDS - 1 }),
  period: window(60, 365 * DAY),
  assessmentWindow: window(HOUR, 90 * DAY),
  challengeWindow: window(HOUR, 30 * DAY),
  rulingWindow: window(DAY, 90 * DAY),
  enrolled: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  funded: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(MINIMUM, MINIMUM + 1n) },
    { weight: 2, arbitrary: fc.constantFrom(0n, MINIMUM - 1n) },
  ),
  fundedAt: moments,
  assessedAt: fc.option(moments, { freq: 4 }),
  challengedAt: fc.option(moments, { freq: 4 }),
  ruledAt: fc.option(moments, { freq: 4 }),
  ruling: fc.constantFrom(0, 1, 2),
  /** Further times at which to look, as parts of the round's whole span. */
  looks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

describe("parity: states of a round", () => {
  let chain: Chain;
  let manager: Address;
  let arbiter: Address;
  let payer: Address;
  const seen = new Set<string>();

  before(async () => {
    chain = await startChain();
    const [, ...accounts] = chain.accounts.map((account) => getAddress(account));
    [manager, arbiter, payer] = accounts as [Address, Address, Address];
    const args = [payer, 10n ** 30n] as const;
    await chain.send(payer, chain.token, encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args }));
  });
  after(() => chain.connection.close());

  it("are the same here and on chain, around every deadline and at random times", async function () {
    this.timeout(300_000 * RUNS);
    const property = fc.asyncProperty(scenario, (one) => play(one));
    await fc.assert(property, { seed: SEED, numRuns: 60 * RUNS, endOnFailure: true });
  });

  it("were seen in every combination of state and phase there can be", () => {
    const possible = [
      ...["upcoming", "running", "cancelled", "assessing", "silent", "settled"].map((state) => `${state} none`),
      ...["assessed assessed", "settled assessed", "challenged challenged", "settled challenged"],
      ...["settled upheld", "settled replaced", "settled voided"],
    ];
    expect([...seen].sort()).to.deep.equal(possible.sort());
  });

  async function play(s: Scenario): Promise<void> {
    const terms = await termsOf(s);
    const pool = await chain.createPool(terms);
    const { end } = roundTimes(clockTerms(terms), s.round);
    let facts: RoundFacts = {
      funded: 0n,
      minimum: MINIMUM,
      providerCount: 0,
      phase: "none",
      assessed: false,
      at: 0n,
    };
    const look = (): Promise<void> => compare(pool, terms, s, facts);
    const call = { abi: outcomePoolAbi } as const;
    await look();

    if (s.enrolled) {
      const list = encodeProviders([{ address: manager, weight: 5n }]);
      await chain.send(manager, pool, encodeFunctionData({ ...call, functionName: "enrol", args: [list] }));
      facts = { ...facts, providerCount: 1 };
    }
    const approve = encodeFunctionData({ abi: testStablecoinAbi, functionName: "approve", args: [pool, 10n ** 30n] });
    await chain.send(payer, chain.token, approve);
    if (s.funded > 0n) {
      const data = encodeFunctionData({ ...call, functionName: "fund", args: [s.round, payer, s.funded] });
      const time = within(await floor(0n), end, s.fundedAt);
      await chain.send(payer, pool, data, time);
      facts = { ...facts, funded: s.funded };
    }
    await look();
    if (!s.enrolled || s.funded < MINIMUM) return;

    let challengeable: [bigint, bigint] = [end + BigInt(terms.assessmentWindow), BigInt(terms.challengeWindow)];
    if (s.assessedAt !== null) {
      const at = within(await floor(end), end + BigInt(terms.assessmentWindow), s.assessedAt);
      await chain.send(manager, pool, await assessData(pool, s.round), at);
      facts = { ...facts, phase: "assessed", assessed: true, at };
      challengeable = [at, BigInt(terms.challengeWindow)];
      await look();
    }
    if (s.challengedAt === null) return;
    const challengedAt = within(await floor(challengeable[0]), challengeable[0] + challengeable[1], s.challengedAt);
    const challenge = encodeFunctionData({ ...call, functionName: "challenge", args: [s.round, zeroHash] });
    await chain.send(payer, pool, challenge, challengedAt);
    facts = { ...facts, phase: "challenged", at: challengedAt };
    await look();

    if (s.ruledAt === null) return;
    const ruledAt = within(await floor(challengedAt), challengedAt + BigInt(terms.rulingWindow), s.ruledAt);
    // Silence cannot be voided.
    const ruling = s.ruling === 2 && !facts.assessed ? 0 : s.ruling;
    const vector = ruling === 1 ? (["0x2710", keccak256("0x03")] as const) : (["0x", zeroHash] as const);
    const args = [s.round, ruling, vector[1], vector[0]] as const;
    await chain.send(arbiter, pool, encodeFunctionData({ ...call, functionName: "rule", args }), ruledAt);
    facts = { ...facts, phase: (["upheld", "replaced", "voided"] as const)[ruling]!, at: ruledAt };
    await look();
  }

  /** Compares now, around every deadline to come, and at some other times; leaves the chain as it was. */
  async function compare(pool: Address, terms: Terms, s: Scenario, facts: RoundFacts): Promise<void> {
    const clock = clockTerms(terms);
    const { start, end } = roundTimes(clock, s.round);
    const silence = end + clock.assessmentWindow;
    const own = [facts.at + clock.challengeWindow, facts.at + clock.rulingWindow];
    const deadlines = [start, end, silence, silence + clock.challengeWindow, ...own, settledAt(clock, s.round, facts)];
    const now = await chain.now();
    const last = silence + clock.challengeWindow + clock.rulingWindow + BigInt(DAY);
    const random = s.looks.map((part) => now + BigInt(Math.floor(Number(last - now) * part)));
    const times = [...deadlines.flatMap((t) => [t - 1n, t, t + 1n]), ...random].filter((t) => t > now);
    const snapshot = await chain.networkHelpers.takeSnapshot();
    await check(now);
    for (const time of [...new Set(times)].sort((a, b) => (a < b ? -1 : 1))) {
      await chain.mineAt(time);
      await check(time);
    }
    await snapshot.restore();

    async function check(time: bigint): Promise<void> {
      const expected = roundStatus(clock, s.round, facts, time);
      const [state, deadline] = await chain.poolAt(pool).read.roundState([s.round]);
      expect({ state: ROUND_STATES[state], deadline, time }).to.deep.equal({
        state: expected.state,
        deadline: expected.deadline ?? 0n,
        time,
      });
      const info = await chain.poolAt(pool).read.roundInfo([s.round]);
      expect([info.state, info.deadline, ROUND_PHASES[info.phase], info.since]).to.deep.equal([
        state,
        deadline,
        facts.phase,
        facts.at,
      ]);
      const outcome = settledOutcome(clock, s.round, facts, time);
      expect(outcome !== null).to.equal(["settled", "cancelled"].includes(ROUND_STATES[state]!));
      seen.add(`${expected.state} ${facts.phase}`);
    }
  }

  async function termsOf(s: Scenario): Promise<Terms> {
    const { period, assessmentWindow, challengeWindow, rulingWindow } = s;
    return {
      ...DEFAULT_TERMS,
      token: chain.token,
      oracle: oracle.address,
      arbiter,
      manager,
      feeRecipient: zeroAddress,
      specHash: keccak256("0x01"),
      start: Number(await chain.now()) + DAY + 100,
      rounds: ROUNDS,
      bond: 1n,
      minimum: MINIMUM,
      ...{ period, assessmentWindow, challengeWindow, rulingWindow },
    };
  }

  async function assessData(pool: Address, round: number): Promise<`0x${string}`> {
    const message = { round, evidenceRoot: keccak256("0x02"), scores: "0x1388" } as const;
    const domain = poolDomain(await chain.client.getChainId(), pool);
    const signature = await oracle.signTypedData(typedData("Assessment", domain, message));
    const args = [round, message.evidenceRoot, message.scores, signature] as const;
    return encodeFunctionData({ abi: outcomePoolAbi, functionName: "assess", args });
  }

  /** The later of a time and the next block's least time. */
  async function floor(time: bigint): Promise<bigint> {
    const next = (await chain.now()) + 1n;
    return time > next ? time : next;
  }
});

/** A time from `from` on and before `to`. */
function within(from: bigint, to: bigint, part: number): bigint {
  if (part === 0) return from;
  return from + BigInt(Math.floor(Number(to - from - 1n) * part));
}
