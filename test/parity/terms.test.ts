import { expect } from "chai";
import { getCreate2Address, solidityPacked, ZeroHash, type Result } from "ethers";
import fc from "fast-check";
import {
  BaseError,
  concatHex,
  ContractFunctionRevertedError,
  encodeFunctionData,
  getAddress,
  keccak256,
  parseEventLogs,
  sliceHex,
  zeroAddress,
  zeroHash,
  type Address,
  type Hex,
} from "viem";
import { outcomePoolFactoryAbi } from "../../contracts/protocol/generated/abi.ts";
import {
  checkTerms,
  clockTerms,
  DEFAULT_TERMS,
  packTerms,
  poolAddress,
  TERM_LIMITS,
  termProblems,
  unpackTerms,
  type Terms,
} from "../../contracts/protocol/terms.ts";
import { oracle, RUNS, startChain, type Chain } from "./chain.ts";
import { addresses, bytesOf, curves, SEED, uint, uintNumber } from "./random.ts";

const uris = fc.string({ unit: "binary", maxLength: 24 });

/** Terms of any value that fits its type. */
const anyTerms: fc.Arbitrary<Terms> = fc.record({
  token: addresses,
  oracle: addresses,
  arbiter: addresses,
  manager: addresses,
  feeRecipient: addresses,
  specHash: bytesOf(32),
  start: uintNumber(40),
  period: uintNumber(32),
  rounds: uintNumber(16),
  notice: uintNumber(32),
  assessmentWindow: uintNumber(32),
  challengeWindow: uintNumber(32),
  rulingWindow: uintNumber(32),
  bond: uint(128),
  minimum: uint(128),
  feeBps: uintNumber(16),
  metered: fc.boolean(),
  fullPayBar: uintNumber(16),
  defaultRate: uintNumber(16),
  curve: fc.array(fc.record({ x: uintNumber(16), y: uintNumber(16) }), { maxLength: 8 }),
  specURI: uris,
});

describe("parity: terms", () => {
  let chain: Chain;
  before(async () => {
    chain = await startChain();
  });
  after(() => chain.connection.close());

  it("packs as ethers does, unpacks what it packed, and predicts the address the factory does", async () => {
    const { ethers, factory, implementation } = chain;
    const contract = await ethers.getContractAt("OutcomePoolFactory", factory);
    for (const terms of fc.sample(anyTerms, { seed: SEED, numRuns: 100 * RUNS })) {
      const packed = packTerms(terms);
      expect(packed).to.equal(packedByEthers(terms));
      expect(unpackTerms(packed)).to.deep.equal(terms);
      const init = cloneCode(implementation, packed);
      const expected = getCreate2Address(factory, ZeroHash, keccak256(init));
      expect(poolAddress({ factory, implementation, terms })).to.equal(expected);
      expect(await contract.getFunction("predict").staticCall(terms)).to.equal(expected);
    }
  });

  it("finds the same terms in a pool's code, event and view, by viem and ethers", async () => {
    const start = Number(await chain.now()) + 40 * 86_400;
    for (const terms of fc.sample(goodTerms(chain.token, start), { seed: SEED, numRuns: 40 * RUNS })) {
      const pool = poolAddress({ factory: chain.factory, implementation: chain.implementation, terms });
      const call = { abi: outcomePoolFactoryAbi, functionName: "create", args: [terms] } as const;
      const { logs } = await chain.send(chain.accounts[0]!, chain.factory, encodeFunctionData(call));
      const [event] = parseEventLogs({ abi: outcomePoolFactoryAbi, logs: logs as never });
      expect(event!.args).to.deep.equal({
        pool,
        manager: terms.manager,
        token: terms.token,
        terms: packTerms(terms),
      });
      const code = (await chain.client.getCode({ address: pool }))!;
      expect(unpackTerms(sliceHex(code, 45))).to.deep.equal(terms);
      expect(await chain.poolAt(pool).read.terms()).to.deep.equal(terms);
      const byEthers = await (await chain.ethers.getContractAt("OutcomePool", pool)).getFunction("terms").staticCall();
      expect(plain(byEthers as Result)).to.deep.equal(plain(Object.values(inOrder(terms)) as unknown as Result));
    }
  });

  it("unpacks nothing that it would not pack", () => {
    const good = packTerms({ ...fc.sample(anyTerms, { seed: SEED, numRuns: 1 })[0]!, specURI: "ipfs://x" });
    const at = (offset: number, bytes: Hex): Hex =>
      concatHex([sliceHex(good, 0, offset), bytes, sliceHex(good, offset + (bytes.length - 2) / 2)]);
    expect(() => unpackTerms(sliceHex(good, 0, 230))).to.throw(RangeError, "at least 231 bytes");
    expect(() => unpackTerms("0xzz")).to.throw(RangeError, "at least 231 bytes");
    expect(() => unpackTerms(at(193, "0x02"))).to.throw(RangeError, "belong to no field");
    expect(() => unpackTerms(at(198, "0x09"))).to.throw(RangeError, "belong to no field");
    const noKnots = at(198, `0x00${"00".repeat(32)}`);
    expect(unpackTerms(noKnots).curve).to.deep.equal([]);
    expect(() => unpackTerms(at(198, `0x00${"00".repeat(31)}01`))).to.throw(RangeError, "belong to no field");
    expect(() => unpackTerms(concatHex([good, "0xff"]))).to.throw(RangeError, "not UTF-8");
  });

  it("keeps every character of a URI, a byte order mark too", () => {
    const terms = { ...fc.sample(anyTerms, { seed: SEED, numRuns: 1 })[0]!, specURI: "\ufeffipfs://\u{1f33b}" };
    expect(unpackTerms(packTerms(terms)).specURI).to.equal(terms.specURI);
  });

  it("refuses to pack more than 8 knots, or a value that does not fit", () => {
    const terms = fc.sample(anyTerms, { seed: SEED, numRuns: 1 })[0]!;
    const nine = Array.from({ length: 9 }, () => ({ x: 0, y: 0 }));
    expect(() => packTerms({ ...terms, curve: nine })).to.throw(RangeError, "9 knots");
    expect(() => packTerms({ ...terms, feeBps: 65_536 })).to.throw();
    expect(() => packTerms({ ...terms, bond: -1n })).to.throw();
  });

  it("gives the clock its terms", () => {
    const terms = fc.sample(anyTerms, { seed: SEED, numRuns: 1 })[0]!;
    const clock = clockTerms(terms);
    for (const field of ["start", "period", "assessmentWindow", "challengeWindow", "rulingWindow"] as const) {
      expect(clock[field]).to.equal(BigInt(terms[field]));
    }
  });

  describe("acceptable or not", () => {
    it("takes the default terms", async () => {
      const start = Number(await chain.now()) + 100_000;
      const specHash = keccak256("0x01");
      const terms = { ...DEFAULT_TERMS, token: chain.token, oracle: oracle.address, manager: oracle.address, specHash };
      expect(checkTerms({ ...terms, start }, await chain.now())).to.equal(null);
      expect(await refusal({ ...terms, start })).to.equal(null);
    });

    it("judges random terms as the factory does, by the same field", async () => {
      const now = await chain.now();
      const start = Number(now) + 40 * 86_400;
      const cases = fc.sample(
        goodTerms(chain.token, start).chain((terms) => spoiled(terms, now)),
        { seed: SEED, numRuns: 600 * RUNS },
      );
      const fields = new Set<string>();
      let taken = 0;
      for (const terms of cases) {
        const [problem] = termProblems(terms, now);
        expect(await refusal(terms), JSON.stringify(terms, stringify)).to.equal(problem?.field ?? null);
        expect(checkTerms(terms, now)).to.equal(problem?.message ?? null);
        if (problem === undefined) taken++;
        else fields.add(problem.field);
        if (problem !== undefined)
          expect(problem.message).to.match(new RegExp(`^${problem.field} .* must be .*\\d|account|zero`));
      }
      // Neither verdict is rare, and every term that has a limit was refused at least once.
      expect(taken).to.be.greaterThan(cases.length / 10);
      expect(taken).to.be.lessThan((cases.length * 9) / 10);
      const free = ["arbiter", "metered"];
      const limited = Object.keys(cases[0]!).filter((field) => !free.includes(field));
      expect([...fields].sort()).to.deep.equal(limited.sort());
    });

    it("agrees at both ends of every limit", async () => {
      const now = await chain.now();
      const base = fc.sample(goodTerms(chain.token, Number(now) + 40 * 86_400), { seed: SEED, numRuns: 1 })[0]!;
      for (const terms of ends({ ...base, arbiter: oracle.address, bond: 1n, minimum: 2n ** 100n }, now)) {
        expect(await refusal(terms), JSON.stringify(terms, stringify)).to.equal(
          termProblems(terms, now)[0]?.field ?? null,
        );
      }
    });

    it("leaves to the chain only whether the token has code", async () => {
      const now = await chain.now();
      const terms = fc.sample(goodTerms(oracle.address, Number(now) + 40 * 86_400), { seed: SEED, numRuns: 1 })[0]!;
      expect(checkTerms(terms, now)).to.equal(null);
      expect(await refusal(terms)).to.equal("token");
    });

    it("names what cannot even be sent", async () => {
      const now = await chain.now();
      const terms = fc.sample(goodTerms(chain.token, Number(now) + 40 * 86_400), { seed: SEED, numRuns: 1 })[0]!;
      const wrong: Partial<Terms>[] = [
        { notice: 3_600.5 },
        { rounds: NaN },
        { feeBps: -1 },
        { start: 2 ** 40 },
        { minimum: 2n ** 128n },
        { oracle: "0x12" },
        { arbiter: "0x" },
        { specHash: "0x1234" },
        { curve: [{ x: 0.5, y: 1 }] },
      ];
      for (const change of wrong) {
        const [field] = Object.keys(change);
        expect(termProblems({ ...terms, ...change }, now).map((problem) => problem.field)).to.include(field);
      }
    });

    it("says field, value and limit", async () => {
      const now = 1_767_225_600n;
      const terms = fc.sample(goodTerms(chain.token, Number(now) + 40 * 86_400), { seed: SEED, numRuns: 1 })[0]!;
      const say = (change: Partial<Terms>): string | null => checkTerms({ ...terms, ...change }, now);
      expect(say({ notice: 60 })).to.equal("notice is 1 minute; it must be 1 hour to 30 days");
      expect(say({ rounds: 521 })).to.equal("rounds is 521; it must be 1 to 520");
      expect(say({ arbiter: zeroAddress, bond: 3n })).to.equal("bond is 3; it must be 0 without an arbiter");
      expect(say({ start: Number(now), notice: 3_600 })).to.equal(
        "start is 2026-01-01T00:00:00Z (1767225600); it must be at least the notice of 1 hour ahead: " +
          "2026-01-01T01:00:00Z (1767229200)",
      );
    });
  });

  /** The term the factory refuses, or `null`. */
  async function refusal(terms: Terms): Promise<string | null> {
    const call = { abi: outcomePoolFactoryAbi, functionName: "create", args: [terms] } as const;
    try {
      await chain.client.simulateContract({ address: chain.factory, ...call, account: chain.accounts[0]! });
      return null;
    } catch (error) {
      const revert = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null;
      if (!(revert instanceof ContractFunctionRevertedError) || revert.data === undefined) throw error;
      return revert.data.errorName === "BadKnot" ? "curve" : String(revert.data.args?.[0]);
    }
  }
});

/** Terms the factory takes, if made before `start` less 30 days. */
function goodTerms(token: Address, start: number): fc.Arbitrary<Terms> {
  const { notice, period, rounds, assessmentWindow, challengeWindow, rulingWindow } = TERM_LIMITS;
  return fc
    .record({
      token: fc.constant(token),
      oracle: addresses,
      arbiter: fc.option(addresses, { nil: zeroAddress }),
      manager: addresses,
      feeRecipient: addresses,
      specHash: bytesOf(32).filter((hash) => hash !== zeroHash),
      start: fc.constant(start),
      period: fc.integer(period),
      rounds: fc.integer(rounds),
      notice: fc.integer(notice),
      assessmentWindow: fc.integer(assessmentWindow),
      challengeWindow: fc.integer(challengeWindow),
      rulingWindow: fc.integer(rulingWindow),
      bond: uint(128),
      minimum: fc.bigInt(TERM_LIMITS.minimum),
      feeBps: fc.integer(TERM_LIMITS.feeBps),
      metered: fc.boolean(),
      fullPayBar: fc.integer(TERM_LIMITS.fullPayBar),
      defaultRate: fc.integer(TERM_LIMITS.defaultRate),
      curve: curves,
      specURI: uris,
    })
    .map((terms) => ({ ...terms, bond: terms.arbiter === zeroAddress ? 0n : (terms.bond % terms.minimum) + 1n }));
}

/** The same terms with up to two fields given a value that is often, not always, outside its limits. */
function spoiled(terms: Terms, now: bigint): fc.Arbitrary<Terms> {
  const knot = fc.record({ x: fc.integer({ min: 0, max: 10_050 }), y: fc.integer({ min: 0, max: 10_050 }) });
  const near = (seconds: number): fc.Arbitrary<number> => fc.integer({ min: seconds - 2, max: seconds + 2 });
  const values: { readonly [F in keyof Terms]?: fc.Arbitrary<Terms[F]> } = {
    token: fc.constant(zeroAddress),
    oracle: fc.constant(zeroAddress),
    arbiter: fc.constantFrom(zeroAddress, oracle.address),
    manager: fc.constant(zeroAddress),
    feeRecipient: fc.constant(zeroAddress),
    specHash: fc.constant(zeroHash),
    start: fc.oneof(uintNumber(40), near(Number(now) + terms.notice)),
    period: around(TERM_LIMITS.period, 32),
    rounds: around(TERM_LIMITS.rounds, 16),
    notice: around(TERM_LIMITS.notice, 32),
    assessmentWindow: around(TERM_LIMITS.assessmentWindow, 32),
    challengeWindow: around(TERM_LIMITS.challengeWindow, 32),
    rulingWindow: around(TERM_LIMITS.rulingWindow, 32),
    bond: fc.constantFrom(0n, 1n, terms.minimum, terms.minimum < 2n ** 128n - 1n ? terms.minimum + 1n : terms.minimum),
    minimum: fc.constantFrom(0n, terms.bond, terms.bond === 0n ? 0n : terms.bond - 1n),
    feeBps: around(TERM_LIMITS.feeBps, 16),
    fullPayBar: around(TERM_LIMITS.fullPayBar, 16),
    defaultRate: around(TERM_LIMITS.defaultRate, 16),
    curve: fc.array(knot, { minLength: 1, maxLength: 10 }),
    specURI: fc.oneof(
      fc.integer({ min: 94, max: 99 }).map((n) => "x".repeat(n)),
      fc.constantFrom("ä".repeat(48), "ä".repeat(49)),
    ),
  };
  const changes = fc.subarray(Object.keys(values) as (keyof Terms)[], { maxLength: 2 });
  return changes.chain((fields) => {
    const model = Object.fromEntries(fields.map((field) => [field, values[field]!]));
    return fc.record(model).map((change) => ({ ...terms, ...change }) as Terms);
  });
}

/** Every limit, one below and one above, as far as the type allows. */
function ends(terms: Terms, now: bigint): Terms[] {
  const limits: { readonly [F in keyof Terms]?: readonly Terms[F][] } = {
    notice: [3_599, 3_600, 30 * 86_400, 30 * 86_400 + 1],
    start: [-1, 0, 1].map((d) => Number(now) + terms.notice + d).concat(2 ** 40 - 1),
    period: [59, 60, 365 * 86_400, 365 * 86_400 + 1],
    rounds: [0, 1, 520, 521],
    assessmentWindow: [3_599, 3_600, 90 * 86_400, 90 * 86_400 + 1],
    challengeWindow: [3_599, 3_600, 30 * 86_400, 30 * 86_400 + 1],
    rulingWindow: [86_399, 86_400, 90 * 86_400, 90 * 86_400 + 1],
    bond: [0n, 1n, terms.minimum, terms.minimum + 1n],
    minimum: [0n, 1n, 2n ** 128n - 1n],
    feeBps: [0, 1_000, 1_001],
    fullPayBar: [0, 10_000, 10_001],
    defaultRate: [0, 10_000, 10_001],
    specURI: ["", "x".repeat(96), "x".repeat(97)],
    curve: [8, 9].map((n) => Array.from({ length: n }, (_, i) => ({ x: i, y: 10_000 }))),
  };
  return Object.entries(limits).flatMap(([field, values]) => values.map((value) => ({ ...terms, [field]: value })));
}

function around({ min, max }: { min: number; max: number }, bits: number): fc.Arbitrary<number> {
  const most = 2 ** bits - 1;
  const edges = [min - 1, min, max, max + 1].filter((n) => n >= 0 && n <= most);
  return fc.oneof(fc.constantFrom(...edges), uintNumber(bits));
}

/** The layout as the contract documents it, by another library. */
function packedByEthers(t: Terms): string {
  const { curve } = t;
  const filled = Array.from({ length: 8 }, (_, i) => curve[Math.min(i, curve.length - 1)] ?? { x: 0, y: 0 });
  const types =
    "address address address address address bytes32 uint40 uint32 uint16 uint32 uint32 uint32 uint32 uint128 uint128 " +
    "uint16 bool uint16 uint16 uint8";
  const values = Object.values(inOrder(t)).slice(0, -2);
  return solidityPacked(
    [...types.split(" "), ...filled.flatMap(() => ["uint16", "uint16"]), "string"],
    [...values, curve.length, ...filled.flatMap(({ x, y }) => [x, y]), t.specURI],
  );
}

/** EIP-1167 clone with arguments, as OpenZeppelin's Clones makes it. */
function cloneCode(implementation: Address, args: Hex): Hex {
  const length = ((args.length - 2) / 2 + 0x2d).toString(16).padStart(4, "0");
  const before = `61${length}3d81600a3d39f3363d3d373d3d3d363d73`;
  return `0x${before}${implementation.slice(2)}5af43d82803e903d91602b57fd5bf3${args.slice(2)}`;
}

/** Fields in the order of the struct. */
function inOrder(t: Terms): Terms {
  const { token, oracle, arbiter, manager, feeRecipient, specHash, ...rest } = t;
  const { start, period, rounds, notice, assessmentWindow, challengeWindow, rulingWindow, ...money } = rest;
  const { bond, minimum, feeBps, metered, fullPayBar, defaultRate, curve, specURI } = money;
  return {
    ...{ token, oracle, arbiter, manager, feeRecipient, specHash },
    ...{ start, period, rounds, notice, assessmentWindow, challengeWindow, rulingWindow },
    ...{ bond, minimum, feeBps, metered, fullPayBar, defaultRate, curve, specURI },
  };
}

/** Nested values as text, whichever library made them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return Object.values(value).map(plain);
  const text = String(value);
  return /^0x[0-9a-fA-F]{40}$/.test(text) ? getAddress(text) : text;
}

function stringify(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
