import { expect } from "chai";
import fc from "fast-check";
import {
  concatHex,
  encodeAbiParameters,
  encodeDeployData,
  encodeErrorResult,
  encodeFunctionData,
  getAddress,
  keccak256,
  numberToHex,
  parseSignature,
  stringToHex,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { errorsAbi, explainRevert, type ErrorName } from "../../contracts/protocol/errors.ts";
import { outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import { authorizationNonce, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { encodeProviders } from "../../contracts/protocol/vector.ts";
import { oracle, RUNS, startChain, type Chain } from "./chain.ts";
import { addresses, bytesUpTo, SEED, uint } from "./random.ts";

const DAY = 86_400;
/** Errors no call to these contracts can raise, as what would raise them is excluded before; they have words all the same. */
const UNREACHABLE: readonly ErrorName[] = [
  "AddressEmptyCode", // the pool only delegates to itself
  "InvalidShortString", // name and version are short
  "StringTooLong",
  "CloneArgumentsTooLong", // specURI and curve are checked first
  "Create2EmptyBytecode",
  "InsufficientBalance", // no ether is sent along
  "FailedDeployment", // an existing pool is returned
  "MultiSignerERC7913NonexistentSigner", // signers are fixed
  "ECDSAInvalidSignatureLength", // the token takes v, r and s
  "InvalidAccountNonce", // the token's permit counts nonces itself
  "ERC20InvalidApprover", // nothing is sent from the zero address
  "ERC20InvalidSender",
];

describe("parity: errors in words", () => {
  it("has a sentence for every error, whatever its values", () => {
    for (const item of errorsAbi) {
      const sentences = fc.sample(fc.tuple(...item.inputs.map(({ type }) => valueOf(type))), {
        seed: SEED,
        numRuns: 25 * RUNS,
      });
      for (const args of sentences) {
        const data = encodeErrorResult({ abi: [item] as Abi, errorName: item.name, args });
        const explained = explainRevert(data);
        expect(explained?.name).to.equal(item.name);
        expect(explained?.message).to.match(/^\S.{15,}\.$/s);
        expect(explained?.message).not.to.match(/undefined|NaN|\[object|null/);
      }
    }
  });

  it("finds the data in what viem, ethers and a provider throw", async () => {
    const chain = await startChain();
    const { client, factory, provider, ethers, implementation } = chain;
    const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: ["0x"] });
    const contract = await ethers.getContractAt("OutcomePool", implementation);
    const thrown = [
      client.simulateContract({ address: implementation, abi: outcomePoolAbi, functionName: "enrol", args: ["0x"] }),
      client.call({ to: implementation, data }),
      client.estimateGas({ to: implementation, data }),
      contract.getFunction("enrol").staticCall("0x"),
      contract.getFunction("enrol").send("0x"),
      provider.request({ method: "eth_call", params: [{ to: implementation, data }] }),
      provider.request({
        method: "eth_sendTransaction",
        params: [{ from: chain.accounts[0], to: implementation, data }],
      }),
    ].map((call) => Promise.resolve(call).then(() => null, explainRevert));
    for (const explained of await Promise.all(thrown)) {
      expect(explained).to.deep.equal({
        name: "NotAPool",
        message: "This address is the code all pools share, not a pool.",
      });
    }
    const unknown = client.simulateContract({
      address: factory,
      abi: outcomePoolAbi,
      functionName: "payFee",
      args: [0],
    });
    expect(explainRevert(await unknown.catch((error: unknown) => error))).to.equal(null);
    await chain.connection.close();
  });

  it("explains the errors of the language, and nothing else", () => {
    const error = (name: string, type: string, value: unknown): Hex => {
      const parameters = [{ name: "value", type }];
      const selector = toFunctionSelector(`${name}(${type})`);
      return concatHex([selector, encodeAbiParameters(parameters, [value] as never)]);
    };
    expect(explainRevert(error("Error", "string", "paused"))).to.deep.equal({ name: "Error", message: "paused" });
    expect(explainRevert(error("Panic", "uint256", 0x11n))?.message).to.equal(
      "The contract stopped at a number left its range (panic 0x11).",
    );
    expect(explainRevert(error("Panic", "uint256", 0x77n))?.message).to.contain("an internal check failed");
    const nothing = ["0x", "0x12345678", "no hex", null, undefined, 7, {}, new Error("x"), { data: "0x" }];
    for (const one of nothing) expect(explainRevert(one)).to.equal(null);
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    expect(explainRevert(loop)).to.equal(null);
  });

  describe("from reverts of every function", () => {
    let chain: Chain;
    let terms: Terms;
    let pool: Address;
    let manager: Address;
    let arbiter: Address;
    let buyer: Address;
    let provider: Address;
    let stranger: Address;
    const payer = privateKeyToAccount(`0x${"0b".repeat(32)}`);
    const provoked = new Set<ErrorName>();
    const called = new Set<string>();

    before(async () => {
      chain = await startChain();
      const accounts = chain.accounts.map((account) => getAddress(account));
      [, manager, arbiter, buyer, provider, stranger] = accounts as [
        Address,
        Address,
        Address,
        Address,
        Address,
        Address,
      ];
      terms = {
        ...DEFAULT_TERMS,
        token: chain.token,
        oracle: oracle.address,
        arbiter,
        manager,
        feeRecipient: stranger,
        feeBps: 100,
        specHash: keccak256("0x01"),
        start: Number(await chain.now()) + 3 * DAY,
        rounds: 3,
        bond: 10n,
        minimum: 1_000n,
        fullPayBar: 10_000,
        metered: true,
      };
      pool = await chain.createPool(terms);
      await enrol(pool, 1);
      for (const account of [buyer, payer.address]) await mint(account, 2n ** 140n);
      await approve(buyer, pool, 2n ** 140n);
      await send(buyer, "fund", [0, buyer, 2_000n]);
    });
    after(() => chain.connection.close());
    afterEach(() => seal?.());
    let seal: (() => Promise<void>) | undefined;
    beforeEach(async () => {
      const snapshot = await chain.networkHelpers.takeSnapshot();
      seal = () => snapshot.restore();
    });

    it("enrol", async () => {
      const list = (...providers: [Address, bigint][]): Hex =>
        encodeProviders(providers.map(([address, weight]) => ({ address, weight })));
      const fresh = await chain.createPool({ ...terms, specURI: "fresh" });
      const own = { on: fresh, from: manager };
      await refused("Unauthorized", `Only ${manager} may`, "enrol", [list([buyer, 1n])], { ...own, from: buyer });
      await refused("BadBatchLength", "A batch of 25 bytes", "enrol", [`${list([buyer, 1n])}00`], own);
      await refused("BadBatchLength", "A batch of 0 bytes", "enrol", ["0x"], own);
      const twice = list([buyer, 1n], [buyer, 1n]);
      await refused("ProviderOutOfOrder", `Provider 1 (${buyer})`, "enrol", [twice], own);
      await refused("BadProvider", "weight of 0", "enrol", [list([buyer, 0n])], own);
      await refused("BadProvider", "the pool itself", "enrol", [list([fresh, 1n])], own);
      await refused("LastBatchNotFull", "1 are enrolled", "enrol", [list([buyer, 1n])], { from: manager });
      const plain = await chain.createPool({ ...terms, specURI: "many" });
      for (let batch = 0; batch < 3; batch++) await enrol(plain, 1_023, 1_023 * batch + 1);
      const last = { on: plain, from: manager };
      await enrol(plain, 1_021, 1_023 * 3 + 1);
      await refused("LastBatchNotFull", "4090 are enrolled", "enrol", [list([buyer, 1n])], last);
      const full = await chain.createPool({ ...terms, specURI: "too many" });
      for (let batch = 0; batch < 3; batch++) await enrol(full, 1_023, 1_023 * batch + 1);
      const rest = encodeProviders(many(1_022, 1_023 * 3 + 1));
      await refused("TooManyProviders", "4091 providers", "enrol", [rest], { on: full, from: manager });
      await chain.mineAt(BigInt(terms.start - terms.notice));
      await refused("EnrolmentClosed", "has been fixed since", "enrol", [list([buyer, 1n])], own);
    });

    it("fund, fundWithPermit, fundWithAuthorization", async () => {
      const signature: Parts = { v: 27, r: zeroHash, s: zeroHash };
      await refused("RoundOutOfRange", "rounds 0 to 2", "fund", [3, buyer, 1n]);
      await refused("BadAccount", zeroAddress, "fund", [0, zeroAddress, 1n]);
      await refused("ZeroAmount", "at least 1", "fund", [0, buyer, 0n]);
      await refused("SafeCastOverflowedUintDowncast", "below 2^128", "fund", [0, buyer, 2n ** 128n]);
      await refused("ERC20InsufficientAllowance", `${pool} may spend 0`, "fund", [0, buyer, 1n], { from: stranger });
      await approve(stranger, pool, 5n);
      await refused("ERC20InsufficientBalance", `${stranger} has 0`, "fund", [0, buyer, 5n], { from: stranger });
      const permit = [0, buyer, 9n, 1n, signature] as const;
      await refused("ERC20InsufficientAllowance", "9 are needed", "fundWithPermit", permit, { from: stranger });
      await refused("BadAccount", pool, "fundWithPermit", [0, pool, 9n, 1n, signature]);

      const authorize = (from: Address, after: bigint, before: bigint, s = signature) =>
        [0, buyer, 9n, from, after, before, zeroHash, s] as const;
      await refused("ZeroAmount", "0", "fundWithAuthorization", [0, buyer, 0n, buyer, 0n, 9n, zeroHash, signature]);
      const ever = 2n ** 40n;
      const name = "fundWithAuthorization";
      const good = await authorization(ever);
      const past = authorize(payer.address, 0n, 1n, await authorization(1n));
      await refused("ERC3009InvalidAuthorizationTime", "before 1970", name, past);
      await refused("ERC3009InvalidSignature", "not signed by", name, authorize(buyer, 0n, ever, good));
      await refused("ECDSAInvalidSignature", "malformed", name, authorize(payer.address, 0n, ever));
      await send(stranger, name, authorize(payer.address, 0n, ever, good));
      await refused("ERC3009UsedAuthorization", payer.address, name, authorize(payer.address, 0n, ever, good));
      await chain.mineAt(BigInt(terms.start + terms.period));
      await refused("WrongState", "Round 0 is assessing until", "fund", [0, buyer, 1n]);
    });

    it("withdraw", async () => {
      await refused("ContributionTooSmall", "contribution of 2000", "withdraw", [0, 2_001n, buyer]);
      await refused("ZeroAmount", "0", "withdraw", [0, 0n, buyer]);
      await refused("BadAccount", pool, "withdraw", [0, 1n, pool]);
      await refused("RoundOutOfRange", "no round 9", "withdraw", [9, 1n, buyer]);
      await refused("ERC20InvalidReceiver", zeroAddress, "transfer", [zeroAddress, 1n], { on: chain.token });
      await chain.mineAt(BigInt(terms.start));
      await refused("WrongState", "Round 0 is running", "withdraw", [0, 1n, buyer]);
    });

    it("assess", async () => {
      const root = keccak256("0x02");
      const good = record(9_000, 7);
      await refused("WrongState", "Round 0 is upcoming", "assess", [0, root, good, "0x"]);
      await chain.mineAt(BigInt(terms.start + terms.period));
      await refused("BadSignature", `not one of ${oracle.address}`, "assess", [0, root, good, "0x12"]);
      const bad = async (
        name: ErrorName,
        part: string,
        evidenceRoot: Hex,
        scores: Hex,
        gas?: bigint,
      ): Promise<void> => {
        const signature = await assessment(0, evidenceRoot, scores);
        await refused(name, part, "assess", [0, evidenceRoot, scores, signature], gas === undefined ? {} : { gas });
      };
      await bad("BadEvidenceRoot", "scores need one", zeroHash, good);
      await bad("BadVectorLength", "have 2 bytes; the providers of this pool need 6", root, "0x2710");
      await bad("BadScore", "a score of 10001", root, record(10_001, 0));
      await bad("BadScore", "1 units although it was not judged", root, record(65_535, 1));
      await bad("BadScore", "at most its weight of 8", root, record(10_000, 9));
      await refused("RoundOutOfRange", "no round 3", "assess", [3, root, good, "0x"]);
      // Short of gas for the code that holds the vector.
      const signature = await assessment(0, root, good);
      let found = false;
      for (let gas = 200_000n; gas > 60_000n && !found; gas -= 200n) {
        found = (await explain("assess", [0, root, good, signature], { gas }))?.name === "DeploymentFailed";
      }
      expect(found).to.equal(true);
      provoked.add("DeploymentFailed");
    });

    it("challenge and rule", async () => {
      const root = keccak256("0x02");
      await refused("WrongState", "Round 0 is upcoming", "challenge", [0, zeroHash]);
      const none = await chain.createPool({ ...terms, arbiter: zeroAddress, bond: 0n });
      await refused("NoArbiter", "no arbiter", "challenge", [0, zeroHash], { on: none });
      await refused("Unauthorized", `Only ${arbiter}`, "rule", [0, 0, zeroHash, "0x"]);
      const own = { from: arbiter };
      await refused("WrongState", "upcoming", "rule", [0, 0, zeroHash, "0x"], own);
      await chain.mineAt(BigInt(terms.start + terms.period + terms.assessmentWindow));
      await refused("ERC20InsufficientAllowance", "10 are needed", "challenge", [0, zeroHash], { from: stranger });
      await send(buyer, "challenge", [0, zeroHash]);
      await refused("NothingToVoid", "counts as silence already", "rule", [0, 2, zeroHash, "0x"], own);
      await refused("BadEvidenceRoot", "must be zero", "rule", [0, 0, root, "0x"], own);
      await refused("BadVectorLength", "a ruling that takes none", "rule", [0, 0, zeroHash, "0x00"], own);
      await refused("BadEvidenceRoot", "is zero", "rule", [0, 1, zeroHash, record(1, 1)], own);
      await refused("BadScore", "10002", "rule", [0, 1, root, record(10_002, 1)], own);
    });

    it("claim, claimTo, claimToWithSignature, distribute", async () => {
      await refused("WrongState", "upcoming", "claim", [0n, [0]]);
      await refused("WrongState", "upcoming", "distribute", [0, 0n, 1n]);
      const now = await settle();
      await refused("ZeroAmount", "rounds", "claim", [0n, []]);
      await refused("IndexOutOfRange", "there are 1", "claim", [1n, [0]]);
      await refused("RoundOutOfRange", "round 3", "claim", [0n, [3]]);
      await refused("AlreadyClaimed", "for round 0 already", "claim", [0n, [0, 0]]);
      await refused("Unauthorized", provider, "claimTo", [0n, [0], buyer]);
      await refused("BadAccount", zeroAddress, "claimTo", [0n, [0], zeroAddress], { from: provider });
      await refused("AlreadyClaimed", "Provider 0", "claimTo", [0n, [0, 0], buyer], { from: provider });
      const name = "claimToWithSignature";
      await refused("SignatureExpired", "good until", name, [0n, [0], buyer, now - 1n, "0x"]);
      await refused("BadAccount", pool, name, [0n, [0], pool, now + 9n, "0x"]);
      await refused("BadSignature", provider, name, [0n, [0], buyer, now + 9n, "0x"]);
      await refused("ZeroAmount", "providers", "distribute", [0, 0n, 0n]);
      await refused("IndexOutOfRange", "there are 1", "distribute", [0, 1n, 1n]);
      await refused("InsufficientGas", "allow more gas", "distribute", [0, 0n, 1n], { gas: 200_000n });
    });

    it("refund, payFee, payBond, payArbiter", async () => {
      await refused("WrongState", "upcoming", "refund", [0, buyer, buyer]);
      await refused("WrongState", "upcoming", "payFee", [0]);
      await refused("WrongState", "upcoming", "payBond", [0]);
      await refused("NothingToPay", "Round 0 owes nothing", "payArbiter", [0]);
      await settle();
      await refused("NothingToPay", "Round 0", "refund", [0, stranger, stranger]);
      await refused("Unauthorized", buyer, "refund", [0, buyer, stranger], { from: stranger });
      await refused("BadAccount", zeroAddress, "refund", [0, buyer, zeroAddress]);
      await refused("NothingToPay", "Round 0", "payFee", [0]);
      await refused("NothingToPay", "Round 0", "payBond", [0]);
      await refused("NothingToPay", "Round 0", "payArbiter", [0]);
    });

    it("views", async () => {
      await refused("RoundOutOfRange", "round 3", "roundState", [3]);
      await refused("RoundOutOfRange", "round 3", "roundInfo", [3]);
      await refused("RoundOutOfRange", "round 3", "scores", [3, 0n, 0n]);
      await refused("IndexOutOfRange", "index 0", "scores", [0, 0n, 2n]);
      await refused("IndexOutOfRange", "index 1", "providers", [1n, 1n]);
      await refused("WrongState", "upcoming", "payoutOf", [0, 0n]);
      await refused("WrongState", "upcoming", "refundOf", [0, buyer]);
      const code = { on: chain.implementation };
      await refused("NotAPool", "not a pool", "terms", [], code);
      await refused("NotAPool", "not a pool", "enrolment", [], code);
      await refused("NotAPool", "not a pool", "contributionOf", [0, buyer], code);
      await settle();
      await refused("IndexOutOfRange", "index 1", "payoutOf", [0, 1n]);
    });

    it("multicall", async () => {
      await refused("FailedCall", "without saying why", "multicall", [["0x"]]);
      const inner = encodeFunctionData({ abi: outcomePoolAbi, functionName: "payFee", args: [9] });
      await refused("RoundOutOfRange", "no round 9", "multicall", [[inner]]);
    });

    it("create and predict", async () => {
      const own = { on: chain.factory };
      await refused("TermOutOfRange", "rounds is 0; it must be 1 to 520", "create", [{ ...terms, rounds: 0 }], own);
      await refused("TermNotAnAccount", "no contract", "create", [{ ...terms, token: buyer }], own);
      await refused("TermNotAnAccount", "oracle is 0x0", "create", [{ ...terms, oracle: zeroAddress }], own);
      await refused("BadKnot", "Knot 0", "create", [{ ...terms, curve: [{ x: 10_001, y: 0 }] }], own);
      const nine = Array.from({ length: 9 }, () => ({ x: 0, y: 0 }));
      await refused("TermOutOfRange", "curve is 9", "create", [{ ...terms, curve: nine }], own);
      await refused("TermOutOfRange", "curve is 9", "predict", [{ ...terms, curve: nine }], own);
    });

    it("a quorum's making", async () => {
      const { viem } = chain.connection;
      const { artifacts } = await import("hardhat");
      const { abi, bytecode } = await artifacts.readArtifact("OracleQuorum");
      const make = async (name: ErrorName, part: string, signers: Hex[], threshold: bigint): Promise<void> => {
        const data = encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args: [signers, threshold] });
        const client = await viem.getPublicClient();
        note(name, part, await client.call({ data }).then(() => null, explainRevert));
      };
      await make("MultiSignerERC7913ZeroThreshold", "at least 1", [buyer], 0n);
      await make("MultiSignerERC7913UnreachableThreshold", "1 signers cannot reach a threshold of 2", [buyer], 2n);
      await make("MultiSignerERC7913AlreadyExists", "already", [buyer, buyer], 1n);
      await make("VerifierWithoutCode", "no contract", [concatHex([buyer, "0x01"])], 1n);
      await make("MultiSignerERC7913InvalidSigner", "at least 20 bytes", ["0x12"], 1n);
    });

    it("tokens that misbehave", async () => {
      // Answers everything with 0 and with 1; and one that calls its caller's payFee(0) back and passes its refusal on.
      const answer = (value: 0 | 1): Hex => `0x600${value}60005260206000f3`;
      const back = toFunctionSelector("payFee(uint32)").slice(2);
      const calling: Hex = `0x63${back}60e01b60005260006000602460006000335af1503d6000803e3d6000fd`;
      for (const [code, name, part] of [
        [answer(0), "SafeERC20FailedOperation", "refused the transfer"],
        [answer(1), "WrongAmountReceived", "moved 0 base units instead of 7"],
        [calling, "ReentrancyGuardReentrantCall", "from within its own call"],
      ] as const) {
        const token = getAddress(`0x${keccak256(code).slice(-40)}`);
        await chain.provider.request({ method: "hardhat_setCode", params: [token, code] });
        const on = await chain.createPool({ ...terms, token });
        await refused(name, part, "fund", [0, buyer, 7n], { on });
      }
    });

    it("the token itself", async () => {
      const own = { on: chain.token };
      const call = (deadline: bigint, signature: Parts): unknown[] => {
        return [buyer, pool, 1n, deadline, signature.v, signature.r, signature.s];
      };
      const half: Parts = { v: 27, r: keccak256("0x"), s: numberToHex(1, { size: 32 }) };
      await refused("ERC2612ExpiredSignature", "good until 1970", "permit", call(1n, half), own);
      await refused("ECDSAInvalidSignature", "malformed", "permit", call(2n ** 60n, { ...half, v: 9 }), own);
      const high: Parts = { ...half, s: `0x${"f".repeat(64)}` };
      await refused("ECDSAInvalidSignatureS", "upper half", "permit", call(2n ** 60n, high), own);
      const domain = await tokenDomain();
      const message = { owner: buyer, spender: pool, value: 1n, nonce: 0n, deadline: 2n ** 60n };
      const signed = call(2n ** 60n, parts(await payer.signTypedData(typedData("Permit", domain, message))));
      await refused("ERC2612InvalidSigner", `by ${payer.address}, not by the owner ${buyer}`, "permit", signed, own);
      await refused("ERC20InvalidSpender", zeroAddress, "approve", [zeroAddress, 1n], own);
    });

    it("left out nothing that can be provoked", () => {
      const missing = errorsAbi.map(({ name }) => name).filter((name) => !provoked.has(name));
      expect([...new Set(missing)].sort()).to.deep.equal([...UNREACHABLE].sort());
      const silent = ["eip712Domain", "isPool", "implementation"];
      const functions = [...outcomePoolAbi, ...outcomePoolFactoryAbi].flatMap((item) =>
        item.type === "function" && !silent.includes(item.name) ? [item.name] : [],
      );
      expect(functions.filter((name) => !called.has(name))).to.deep.equal([]);
    });

    interface Where {
      readonly on?: Address;
      readonly from?: Address;
      readonly gas?: bigint;
    }

    async function explain(functionName: string, args: readonly unknown[], { on, from, gas }: Where) {
      const abi: Abi = [...outcomePoolAbi, ...outcomePoolFactoryAbi, ...testStablecoinAbi];
      const data = encodeFunctionData({ abi, functionName, args });
      const call = {
        from: from ?? buyer,
        to: on ?? pool,
        data,
        ...(gas === undefined ? {} : { gas: numberToHex(gas) }),
      };
      const answer = chain.provider.request({ method: "eth_call", params: [call, "latest"] });
      return answer.then(() => null, explainRevert);
    }

    /** A call that must be refused for a reason, in words that contain a part. */
    async function refused(
      name: ErrorName,
      part: string,
      functionName: string,
      args: readonly unknown[],
      where: Where = {},
    ): Promise<void> {
      note(name, part, await explain(functionName, args, where));
      called.add(functionName);
    }

    function note(name: ErrorName, part: string, explained: ReturnType<typeof explainRevert>): void {
      expect(explained?.name).to.equal(name);
      expect(explained?.message).to.contain(part);
      provoked.add(name);
    }

    async function send(from: Address, functionName: string, args: readonly unknown[]): Promise<void> {
      await chain.send(from, pool, encodeFunctionData({ abi: outcomePoolAbi as Abi, functionName, args }));
    }

    async function mint(to: Address, amount: bigint): Promise<void> {
      const call = { abi: testStablecoinAbi, functionName: "mint", args: [to, amount] } as const;
      await chain.send(to === payer.address ? buyer : to, chain.token, encodeFunctionData(call));
    }

    async function approve(from: Address, spender: Address, amount: bigint): Promise<void> {
      const call = { abi: testStablecoinAbi, functionName: "approve", args: [spender, amount] } as const;
      await chain.send(from, chain.token, encodeFunctionData(call));
    }

    /** One provider is the account `provider`; more of them are numbered. */
    async function enrol(on: Address, count: number, first = 0): Promise<void> {
      const list = count === 1 ? [{ address: provider, weight: 8n }] : many(count, first);
      const call = { abi: outcomePoolAbi, functionName: "enrol", args: [encodeProviders(list)] } as const;
      await chain.send(manager, on, encodeFunctionData(call));
    }

    async function assessment(round: number, evidenceRoot: Hex, scores: Hex): Promise<Hex> {
      const domain = poolDomain(await chain.client.getChainId(), pool);
      return oracle.signTypedData(typedData("Assessment", domain, { round, evidenceRoot, scores }));
    }

    async function authorization(validBefore: bigint) {
      const nonce = authorizationNonce(0, buyer, zeroHash);
      const message = { from: payer.address, to: pool, value: 9n, validAfter: 0n, validBefore, nonce };
      return parts(await payer.signTypedData(typedData("ReceiveWithAuthorization", await tokenDomain(), message)));
    }

    async function tokenDomain() {
      const [, name, version, chainId, verifyingContract] = await chain.tokenAt().read.eip712Domain();
      return { name, version, chainId, verifyingContract };
    }

    /** Lets the first round settle in silence. */
    async function settle(): Promise<bigint> {
      const time = BigInt(terms.start + terms.period + terms.assessmentWindow + terms.challengeWindow);
      await chain.mineAt(time);
      return time;
    }
  });
});

function many(count: number, first: number): { address: Address; weight: bigint }[] {
  return Array.from({ length: count }, (_, i) => ({
    address: getAddress(numberToHex(0x1000_0000 + first + i, { size: 20 })),
    weight: 1n,
  }));
}

function record(score: number, units: number): Hex {
  return concatHex([numberToHex(score, { size: 2 }), numberToHex(units, { size: 4 })]);
}

interface Parts {
  readonly v: number;
  readonly r: Hex;
  readonly s: Hex;
}

function parts(signature: Hex): Parts {
  const { r, s, yParity } = parseSignature(signature);
  return { v: 27 + yParity, r, s };
}

function valueOf(type: string): fc.Arbitrary<unknown> {
  if (type === "uint8") return fc.integer({ min: 0, max: 7 });
  if (type.startsWith("uint")) return uint(Number(type.slice(4)));
  if (type === "address") return addresses;
  if (type === "bytes32") return uint(256).map((n) => numberToHex(n, { size: 32 }));
  if (type === "bytes") return bytesUpTo(40);
  if (type === "string") return fc.constantFrom("rounds", "token", stringToHex("x"));
  throw new Error(`no values of type ${type}`);
}
