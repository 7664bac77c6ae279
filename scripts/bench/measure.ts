import { parseSignature, toHex, zeroHash, type Hex } from "viem";
import { authorizationNonce, digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { makeMeter, type Meter } from "./meter.ts";
import { PAID, type Figures, type Operation } from "./operations.ts";
import {
  CHALLENGE_WINDOW,
  COIN,
  keyed,
  makeVector,
  people,
  PERIOD,
  rootOf,
  START,
  type Variant,
} from "./population.ts";
import { measureReferences } from "./references.ts";
import { assessment, makeScenario, touch } from "./scenario.ts";

type Part<K extends Operation> = Promise<Record<K, number>>;

/** Rounds by what becomes of them; all are assessed but the last, which has not begun. */
const ROUND = { claimed: 0, alsoClaimed: 1, upheld: 2, replaced: 3, voided: 4, upcoming: 9 } as const;
const ASSESSED = [ROUND.claimed, ROUND.alsoClaimed, ROUND.upheld, ROUND.replaced, ROUND.voided];
const RULING = { uphold: 0, replace: 1, void: 2 } as const;

/** Provider whose balance is left at zero; the others below hold something. */
const EMPTY = 4;

/** A time after every round here. */
const LATER = BigInt(START + 365 * PERIOD);

/** Measures every operation on a new pool with `count` providers, at least 10. */
export async function measure(variant: Variant, count: number): Promise<Figures> {
  const scenario = await makeScenario(variant, count);
  const meter = makeMeter(scenario);
  const paid = scenario.providers.slice(0, PAID).map(({ address }) => address);
  const { create, enrol } = scenario.made;
  const funding = await measureFunding(meter);
  const rounds = await measureRounds(meter);
  await touch(scenario, paid.toSpliced(EMPTY, 1));
  const claims = await measureClaims(meter);
  const payments = await measurePayments(meter);
  const references = await measureReferences(scenario);
  await scenario.chain.close();
  const made = { create, enrol: enrol[0]!, largest: meter.largest() };
  return { ...made, ...funding, ...rounds, ...claims, ...payments, ...references };
}

async function measureFunding({
  scenario,
  call,
}: Meter): Part<"fundFirst" | "fundRound" | "fundAgain" | "fundPermit" | "fundAuthorization" | "withdraw"> {
  const { buyer, secondBuyer, relayer } = people;
  const mine = buyer.address;
  const fundFirst = await call(buyer, "fund", [ROUND.claimed, mine, 20_000n * COIN]);
  const fundRound = await call(buyer, "fund", [ROUND.alsoClaimed, mine, 20_000n * COIN]);
  const fundAgain = await call(buyer, "fund", [ROUND.claimed, mine, 1_000n * COIN]);
  for (const round of [...ASSESSED, ROUND.upcoming]) await call(buyer, "fund", [round, mine, 20_000n * COIN]);

  const amount = 5_000n * COIN;
  const domain = {
    name: "Test Dollar",
    version: "1",
    chainId: scenario.chain.chainId,
    verifyingContract: scenario.token,
  };
  const [owner, spender] = [secondBuyer.address, scenario.pool];
  const permit = async (nonce: bigint): Promise<number> => {
    const data = typedData("Permit", domain, { owner, spender, value: amount, nonce, deadline: LATER });
    return await call(secondBuyer, "fundWithPermit", [ROUND.claimed, owner, amount, LATER, await sign(digestOf(data))]);
  };
  // The first one makes the buyer's contribution and permit nonce; what is measured finds both.
  await permit(0n);
  const fundPermit = await permit(1n);

  const salt = toHex("salt", { size: 32 });
  const nonce = authorizationNonce(ROUND.claimed, owner, salt);
  const message = { from: owner, to: spender, value: amount, validAfter: 0n, validBefore: LATER, nonce };
  const signature = await sign(digestOf(typedData("ReceiveWithAuthorization", domain, message)));
  const args = [ROUND.claimed, owner, amount, owner, 0n, LATER, salt, signature] as const;
  const fundAuthorization = await call(relayer, "fundWithAuthorization", args);
  const withdraw = await call(buyer, "withdraw", [ROUND.upcoming, 1_000n * COIN, mine]);
  return { fundFirst, fundRound, fundAgain, fundPermit, fundAuthorization, withdraw };
}

/** The second buyer's signature of a digest, as the pool takes it. */
async function sign(hash: Hex) {
  const { r, s, yParity } = parseSignature(await people.secondBuyer.sign({ hash }));
  return { v: 27 + yParity, r, s };
}

async function measureRounds(meter: Meter): Part<"assess" | "challenge" | "uphold" | "replace" | "void"> {
  const { scenario, call } = meter;
  const { chain, variant, providers } = scenario;
  const { challenger, arbiter, relayer } = people;
  const assess: number[] = [];
  const challenge: number[] = [];
  const ruling: number[] = [];
  const rule = async (round: number, verdict: number, root: Hex, vector: Hex): Promise<void> => {
    challenge.push(await call(challenger, "challenge", [round, rootOf(round)]));
    ruling.push(await call(arbiter, "rule", [round, verdict, root, vector]));
  };
  for (const round of ASSESSED) {
    chain.moveTo(START + (round + 1) * PERIOD);
    assess.push(await meter.send(relayer, await assessment(scenario, round)));
    if (round === ROUND.upheld) await rule(round, RULING.uphold, zeroHash, "0x");
    if (round === ROUND.voided) await rule(round, RULING.void, zeroHash, "0x");
    const vector = makeVector(variant, providers.length, round + 1);
    if (round === ROUND.replaced) await rule(round, RULING.replace, rootOf(round + 1), vector);
  }
  chain.moveTo(START + ROUND.upcoming * PERIOD - CHALLENGE_WINDOW);
  const [uphold, replace, void_] = ruling;
  return { assess: assess[0]!, challenge: challenge[0]!, uphold: uphold!, replace: replace!, void: void_! };
}

async function measureClaims({
  scenario,
  call,
}: Meter): Part<"claimFirst" | "claim" | "claimEmpty" | "claimTwo" | "claimTo" | "claimSigned" | "distribute"> {
  const { chain, pool, providers } = scenario;
  const { relayer } = people;
  const round = ROUND.claimed;
  const claimFirst = await call(relayer, "claim", [2n, [round]]);
  const claim = await call(relayer, "claim", [3n, [round]]);
  const claimEmpty = await call(relayer, "claim", [BigInt(EMPTY), [round]]);
  await call(relayer, "claim", [5n, [ROUND.alsoClaimed]]);
  const claimTwo = await call(relayer, "claim", [6n, [round, ROUND.alsoClaimed]]);

  const to = relayer.address;
  const claimTo = await call(keyed[0], "claimTo", [0n, [round], to]);
  const message = { rounds: [round], index: 1n, to, deadline: LATER };
  const data = typedData("ClaimTo", poolDomain(chain.chainId, pool), message);
  const signature = await keyed[1].signTypedData(data);
  const claimSigned = await call(relayer, "claimToWithSignature", [1n, [round], to, LATER, signature]);

  const batch = BigInt(Math.min(PAID, providers.length));
  const distribute = await call(relayer, "distribute", [ROUND.upheld, 0n, batch]);
  return { claimFirst, claim, claimEmpty, claimTwo, claimTo, claimSigned, distribute };
}

async function measurePayments({ call }: Meter): Part<"refund" | "payFee" | "payBond" | "payArbiter"> {
  const { buyer, relayer } = people;
  return {
    refund: await call(buyer, "refund", [ROUND.claimed, buyer.address, buyer.address]),
    payFee: await call(relayer, "payFee", [ROUND.claimed]),
    payBond: await call(relayer, "payBond", [ROUND.replaced]),
    payArbiter: await call(relayer, "payArbiter", [ROUND.upheld]),
  };
}
