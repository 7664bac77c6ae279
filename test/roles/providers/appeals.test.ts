import { expect } from "chai";
import { encodeFunctionData, parseEventLogs, type Hex } from "viem";
import { outcomePoolAbi, testStablecoinAbi } from "../../../contracts/protocol/generated/abi.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { roundTimes } from "../../../contracts/protocol/clock.ts";
import { encodeQuorumSignature } from "../../../contracts/protocol/typed-data.ts";
import { openChain, type OpenChain } from "../../../oracle/adapters/chain/open-chain.ts";
import type { OutcomeSpec } from "../../../oracle/domain/spec.ts";
import {
  AppealRefusal,
  createAppeals,
  type Appeals,
  type TakenAppeal,
} from "../../../oracle/roles/providers/appeals.ts";
import {
  makePool,
  signedAssessment,
  startPlay,
  UNIT,
  type ChainPlay,
  type PoolPlay,
} from "../../support/chain-play.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

const BOND = 5n * UNIT;

describe("an appeal that becomes a challenge, on a chain", function () {
  this.timeout(60_000);
  let play: ChainPlay;
  let pool: PoolPlay;
  let chain: OpenChain;
  let temporary: TempStore;
  let appeals: Appeals;
  /** The provider, with an account that can send. */
  let provider: Hex;
  let chainId: number;

  before(async () => {
    play = await startPlay(1);
    pool = await makePool(play, { providers: 2, terms: { arbiter: play.accounts[5]!, bond: BOND, minimum: BOND } });
    provider = play.accounts[4]!.toLowerCase() as Hex;
    chainId = await play.client.getChainId();
    temporary = await tempStore();
    chain = await openChain({
      urls: play.urls,
      agreement: 1,
      factory: play.factory,
      store: temporary.store,
      finality: { by: "depth", confirmations: 0 },
    } as never);
    const spec = { roster: [{ id: "p", account: provider }], criteria: [{ id: "fair" }] } as unknown as OutcomeSpec;
    appeals = createAppeals({
      store: temporary.store,
      chain,
      book: { peek: () => Promise.resolve({ spec, terms: pool.terms }) },
    });
    await play.send(
      play.accounts[1]!,
      pool.terms.token,
      encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [provider, BOND] }),
    );
  });

  after(async () => {
    await temporary.remove();
    await play.close();
  });

  const id = () => ({ chainId, pool: pool.pool.toLowerCase() as Hex, round: 0 });
  const take = (): Promise<TakenAppeal> =>
    appeals.take(id(), provider, { criterion: "fair", reason: "Not so.", quotes: [] });
  const balance = (): Promise<bigint> => play.tokenAt().read.balanceOf([provider]);

  it("is not taken before the round is assessed", async () => {
    const refused = await take().catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(AppealRefusal);
    expect((refused as AppealRefusal).reason).to.equal("not-open");
  });

  it("is a challenge once its calls are sent, and gets the bond back where nobody rules", async () => {
    const { end } = roundTimes(clockTerms(pool.terms), 0);
    await play.mineAt(end + 1n);
    const { evidenceRoot, scores, signatures } = await signedAssessment(pool, 0, chainId);
    const args = [0, evidenceRoot, scores, encodeQuorumSignature(signatures)] as const;
    await play.send(
      play.accounts[0]!,
      pool.pool,
      encodeFunctionData({ abi: outcomePoolAbi, functionName: "assess", args }),
    );
    const { challenge, hash } = await take();
    const assessedAt = await play.now();
    expect(challenge!.before).to.equal(Number(assessedAt) + pool.terms.challengeWindow);
    const [allow, call] = challenge!.calls;
    await play.send(provider, allow.to, allow.data);
    const { logs } = await play.send(provider, call.to, call.data);
    const [challenged] = parseEventLogs({ abi: outcomePoolAbi, eventName: "Challenged", logs: logs as never });
    expect(challenged!.args).to.deep.include({ round: 0, reason: hash });
    expect(challenged!.args.challenger.toLowerCase()).to.equal(provider);
    expect(await balance()).to.equal(0n);
    expect((await chain.roundFacts(id().pool, 0, await chain.latest())).state).to.equal("challenged");
    await play.mineAt((await play.now()) + BigInt(challenge!.rulingSeconds));
    await play.send(
      play.accounts[0]!,
      pool.pool,
      encodeFunctionData({ abi: outcomePoolAbi, functionName: "payBond", args: [0] }),
    );
    expect(await balance()).to.equal(BOND);
    expect(challenge!.outcomes.unruled).to.contain("the bond goes back to the challenger");
  });

  it("is taken no more once the round was challenged", async () => {
    expect(((await take().catch((error: unknown) => error)) as AppealRefusal).reason).to.equal("not-open");
  });
});
