import { expect } from "chai";
import { viemRecover } from "../../../oracle/domain/signatures.ts";
import type { Envelope } from "../../../oracle/domain/round/envelope.ts";
import { createMailbox, type Mailbox } from "../../../oracle/roles/assessor/mailbox.ts";
import type { PoolBook } from "../../../oracle/roles/assessor/pool-book.ts";
import {
  fourNodes,
  OF,
  POOL,
  saidBy,
  scheduleOfFour,
  specOfFour,
  termsOfFour,
  vectorOfAll,
} from "../../domain/round/fixture.ts";
import { accountNamed, lower, signed } from "../../domain/season/oracle.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";
import { refusal } from "../refusal.ts";

const schedule = scheduleOfFour();
const id = { chainId: OF.chainId, pool: POOL, round: 0 };

describe("the mailbox of a node", () => {
  const [a, b] = fourNodes();
  let temporary: TempStore;
  let time: number;
  let news: number;
  let mailbox: Mailbox;
  let commit: Envelope;
  let reveal: Envelope;

  const book: PoolBook = {
    facts: (pool) =>
      Promise.resolve(pool === POOL ? { terms: termsOfFour(), oracle: { ...specOfFour().oracle } } : null),
    peek: () => Promise.reject(new Error("not asked for")),
    open: () => Promise.reject(new Error("not asked for")),
  };

  beforeEach(async () => {
    time = schedule.freezeAt;
    news = 0;
    temporary = await tempStore();
    mailbox = createMailbox({
      chainId: OF.chainId,
      store: temporary.store,
      book,
      recover: viemRecover,
      time: () => time,
      onNew: () => void news++,
    });
    ({ commit, reveal } = await saidBy(a!));
  });

  afterEach(() => temporary.remove());

  it("keeps what a node of the oracle signed, once", async () => {
    expect(await mailbox.take(commit)).to.equal(true);
    expect(await mailbox.take(commit)).to.equal(false);
    expect(await mailbox.take(reveal)).to.equal(true);
    expect(news).to.equal(2);
    expect(await mailbox.messages(id)).to.have.deep.members([commit, reveal]);
  });

  it("keeps two different messages of a kind, which prove an equivocation, and no third", async () => {
    for (const score of [1, 2, 3]) await mailbox.take((await saidBy(a!, vectorOfAll(score))).commit);
    await mailbox.take((await saidBy(b!)).commit);
    expect(await mailbox.messages(id)).to.have.length(3);
  });

  it("takes a message up to the second before its deadline", async () => {
    time = schedule.commitBy - 1;
    expect(await mailbox.take(commit)).to.equal(true);
    time = schedule.commitBy;
    expect(await refusal(mailbox.take((await saidBy(b!)).commit))).to.equal("expired");
    expect(await mailbox.take(reveal)).to.equal(true);
  });

  const resigned = (change: Partial<Envelope>) => {
    const { signature: _, ...message } = { ...commit, ...change };
    return signed(a!, message);
  };
  const refusals: Record<string, () => Promise<Envelope>> = {
    "other-version": () => resigned({ version: 2 }),
    "other-chain": () => resigned({ chainId: 1 }),
    "unknown-pool": () => resigned({ pool: `0x${"ee".repeat(20)}` }),
    "no-such-round": () => resigned({ round: 3 }),
    "wrong-deadline": () => resigned({ deadline: schedule.commitBy + 1 }),
    "not-a-node": async () => (await saidBy(accountNamed("stranger"))).commit,
    "bad-signature": async () => ({ ...commit, signature: (await saidBy(b!)).commit.signature }),
  };
  for (const [reason, message] of Object.entries(refusals)) {
    it(`refuses with ${reason}, and keeps nothing`, async () => {
      expect(await refusal(mailbox.take(await message()))).to.equal(reason);
      expect(await mailbox.messages(id)).to.deep.equal([]);
    });
  }

  it("refuses what is replayed for another round, where its deadline and signature are none", async () => {
    expect(await refusal(mailbox.take({ ...commit, round: 1 }))).to.equal("wrong-deadline");
    const { deadline } = (await saidBy(a!, vectorOfAll(1), { ...OF, round: 1 })).commit;
    time = scheduleOfFour(1).freezeAt;
    expect(await refusal(mailbox.take({ ...commit, round: 1, deadline }))).to.equal("bad-signature");
  });

  it("refuses what is said of a round that is not over", async () => {
    time = schedule.end - 1;
    expect(await refusal(mailbox.take(commit))).to.equal("too-early");
  });

  it("says whose message it is from what is signed, not from who brings it", async () => {
    const forged = { ...commit, node: lower(b!.address) };
    expect(await refusal(mailbox.take(forged))).to.equal("bad-signature");
  });
});
