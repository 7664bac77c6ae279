import { encodeFunctionData, zeroAddress, type Address, type Hex } from "viem";
import { outcomePoolAbi, outcomePoolFactoryAbi } from "../../../contracts/protocol/generated/abi.ts";
import { clockTerms, DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { roundTimes } from "../../../contracts/protocol/clock.ts";
import { encodeProviders } from "../../../contracts/protocol/vector.ts";
import { exportChain } from "../../../oracle/adapters/chain/chain-export.ts";
import { bundleFile, type Bundle } from "../../../oracle/domain/bundle.ts";
import { documentBytes } from "../../../oracle/domain/canonical.ts";
import { CHAIN_FILE, type ChainExport } from "../../../oracle/domain/chain-export.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { resultBytes, seasonResult } from "../../../oracle/domain/result.ts";
import { RESULT_FILE } from "../../../oracle/domain/seal.ts";
import { outcomeSpecSchema, SPEC_FILE, specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import { templateNamed, type TemplateName } from "../../../oracle/domain/templates/index.ts";
import type { EvidenceFile, SeasonOptions } from "../../../oracle/domain/templates/template.ts";
import type { TestChain } from "./chain.ts";
import { intakeAccount, lower, makeBundle, oracleNodes, quorumSignature, seal, THRESHOLD } from "./oracle.ts";

const HOUR = 3600;

/** Who sends what, by place among the chain's accounts. */
export const ROLES = { manager: 0, arbiter: 1, feeRecipient: 2, challenger: 6, keeper: 7, provider: 10 } as const;
export const BUYERS = [3, 4, 5] as const;

/** A season's files and what they were made from. */
export interface SeasonFixture {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly chain: ChainExport;
  readonly spec: OutcomeSpec;
  readonly bundles: readonly Bundle[];
}

type PoolFunction = Parameters<typeof encodeFunctionData<typeof outcomePoolAbi>>[0];

/** A pool under way: what its season does is called by name. */
export class PoolPlay {
  readonly chain: TestChain;
  readonly pool: Address;
  readonly terms: Terms;
  readonly spec: OutcomeSpec;
  readonly #evidence: readonly (readonly EvidenceFile[])[];
  readonly #bundles: Bundle[] = [];

  constructor(
    chain: TestChain,
    pool: Address,
    terms: Terms,
    spec: OutcomeSpec,
    evidence: readonly (readonly EvidenceFile[])[],
  ) {
    this.chain = chain;
    this.pool = pool;
    this.terms = terms;
    this.spec = spec;
    this.#evidence = evidence;
  }

  account(place: number): Address {
    return this.chain.accounts[place]!;
  }

  /** Account of the provider at an index. */
  provider(index: number): Address {
    return this.chain.accounts.find((account) => lower(account) === this.spec.roster[index]!.account)!;
  }

  async call(from: Address, functionName: string, args: readonly unknown[]): Promise<void> {
    await this.chain.pool(from, this.pool, this.data(functionName, args));
  }

  data(functionName: string, args: readonly unknown[]): Hex {
    return encodeFunctionData({ abi: outcomePoolAbi, functionName, args } as PoolFunction);
  }

  async fund(round: number, buyer: number, amount: bigint): Promise<void> {
    const account = this.account(buyer);
    await this.chain.endow(account, this.pool, amount);
    await this.call(account, "fund", [round, account, amount]);
  }

  /** Waits until the round's evidence is closed and assesses it; the last nodes lie or fall silent. */
  async assess(round: number, { liars = 0, silent = 0 } = {}): Promise<void> {
    await this.chain.moveTo(roundSchedule(clockTerms(this.terms), round).freezeAt + 60);
    const { spec, chain, terms } = this;
    const pool = lower(this.pool);
    const files = this.#evidence[round]!;
    const order = { chainId: chain.chainId, pool, round, spec, terms, files, nodes: oracleNodes(), liars, silent };
    const bundle = await makeBundle(order);
    this.#bundles.push(bundle);
    const args = [round, bundle.evidenceRoot, bundle.aggregate, quorumSignature(bundle)];
    await this.call(this.account(ROLES.keeper), "assess", args);
  }

  async challenge(round: number): Promise<void> {
    const challenger = this.account(ROLES.challenger);
    await this.chain.endow(challenger, this.pool, this.terms.bond);
    await this.call(challenger, "challenge", [round, `0x${"c4".repeat(32)}`]);
  }

  /** Waits until all windows that are open now have closed. */
  async settle(): Promise<void> {
    const { assessmentWindow, challengeWindow, rulingWindow, rounds } = this.terms;
    const { end } = roundTimes(clockTerms(this.terms), rounds - 1);
    const last = Math.max(Number(end), await this.chain.now());
    await this.chain.moveTo(last + assessmentWindow + challengeWindow + rulingWindow);
  }

  /** Writes everything up, sealed by all three nodes. */
  async files(): Promise<SeasonFixture> {
    const { chain, pool, spec } = this;
    const chainExport = await exportChain(chain.client, pool, chain.factory);
    const bundles = this.#bundles;
    const documents = bundles.map((bundle) => [bundleFile(bundle.round), documentBytes(bundle)] as const);
    const open = new Map<string, Uint8Array>([
      [CHAIN_FILE, documentBytes(chainExport)],
      [RESULT_FILE, resultBytes(seasonResult(chainExport, [{ spec }]))],
      ...(documents.length > 0 ? documents : [[SPEC_FILE, documentBytes(spec)] as const]),
    ]);
    const files = await seal(open, chain.chainId, lower(pool), oracleNodes());
    return { files, chain: chainExport, spec, bundles };
  }
}

/** What a pool is made with. */
export interface PoolOrder {
  readonly template: TemplateName;
  readonly evidence: EvidenceFile;
  readonly options: SeasonOptions;
  readonly title: string;
  readonly terms: Partial<Terms>;
}

/** Makes a pool and enrols its providers; its first round begins two hours from now. */
export async function makePool(chain: TestChain, order: PoolOrder): Promise<PoolPlay> {
  const plan = templateNamed(order.template).plan([order.evidence], order.options);
  const accounts = chain.accounts.slice(ROLES.provider).map(lower);
  const roster = plan.providers
    .map(({ id, name, weight }, i) => ({ id, name, weight, account: accounts[i]! }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
  const spec = outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title: order.title,
    template: order.template,
    params: plan.params,
    criteria: plan.criteria,
    payment: plan.payment,
    oracle: {
      signers: oracleNodes().map(({ address }) => lower(address)),
      threshold: THRESHOLD,
      intake: lower(intakeAccount().address),
    },
    roster,
  });
  const terms = await termsFor(chain, spec, plan.evidence.length, order.terms);
  const manager = chain.accounts[ROLES.manager]!;
  const abi = outcomePoolFactoryAbi;
  await chain.createPool(manager, encodeFunctionData({ abi, functionName: "create", args: [terms] }));
  const pool = await chain.client.readContract({ address: chain.factory, abi, functionName: "predict", args: [terms] });
  const play = new PoolPlay(chain, pool, terms, spec, plan.evidence);
  const records = encodeProviders(roster.map(({ account, weight }) => ({ address: account, weight: BigInt(weight) })));
  await play.call(manager, "enrol", [records]);
  return play;
}

async function termsFor(chain: TestChain, spec: OutcomeSpec, rounds: number, own: Partial<Terms>): Promise<Terms> {
  return {
    ...DEFAULT_TERMS,
    token: chain.token,
    oracle: chain.quorum,
    arbiter: zeroAddress,
    manager: chain.accounts[ROLES.manager]!,
    specHash: specHash(spec),
    start: (await chain.now()) + 2 * HOUR,
    notice: HOUR,
    period: HOUR,
    rounds,
    assessmentWindow: HOUR,
    challengeWindow: HOUR,
    rulingWindow: 24 * HOUR,
    specURI: "https://example.org/spec.json",
    ...spec.payment,
    ...own,
  };
}
