import { expect } from "chai";
import type { Hex } from "viem";
import { viemKeccak, type Keccak } from "../../../oracle/domain/keccak.ts";
import { rootAbove } from "../../../oracle/domain/merkle.ts";
import { StoreUnavailable, type Store } from "../../../oracle/ports.ts";
import { closedRounds } from "../../../oracle/roles/intake/closed.ts";
import { freezeRound } from "../../../oracle/roles/intake/freeze.ts";
import { frozenKey } from "../../../oracle/store/evidence.ts";
import { evidenceServer, ROUND_PATH } from "../../http/evidence-play.ts";
import { unavailable } from "../../support/unavailable.ts";
import { document, POOL_INFO, ROUND, startIntake, STRANGER, telemetry, type IntakePlay } from "./fixture.ts";

const ROUNDS = 10;
const roundOf = (round: number) => ({ ...ROUND, round });

describe("Closed rounds", () => {
  let play: IntakePlay;
  let reads: string[];
  let store: Store;
  beforeEach(async () => {
    const terms = { ...POOL_INFO.terms, rounds: ROUNDS };
    play = await startIntake({ poolInfo: async () => ({ ...POOL_INFO, terms }) });
    reads = [];
    const get: Store["get"] = (key) => (reads.push(key), play.store.get(key));
    store = { ...play.store, get };
  });
  afterEach(() => play.close());

  const readsOf = (round: number): number => reads.filter((key) => key === frozenKey(roundOf(round))).length;

  async function close(round: number): Promise<Hex> {
    const { receipt } = await play.intake.accept(telemetry({ round }));
    await freezeRound({ ...play.parts, keccak: viemKeccak }, roundOf(round), 1000);
    return receipt.leaf;
  }

  it("are read and parsed once, however many ask for their items over HTTP", async () => {
    await play.intake.accept(document());
    const leaf = await close(0);
    const app = evidenceServer({ intake: play.again({ store }) }, 1_000, []);
    const paths = ["frozen", `evidence/${leaf}`, `evidence/${leaf}/content`].map((path) => `${ROUND_PATH}/${path}`);
    const all = async () => Promise.all([...paths, ...paths].map((path) => Promise.resolve(app.request(path))));
    for (const response of [...(await all()), ...(await all())]) {
      expect(response.status).to.equal(200);
      expect(response.headers.get("cache-control")).to.contain("immutable");
    }
    expect(readsOf(0)).to.equal(1);
  });

  it("have their tree made once, when the first proof is asked for", async () => {
    const leaf = await close(0);
    let hashed = 0;
    const keccak: Keccak = (bytes) => (hashed++, viemKeccak(bytes));
    for (const name of ["a", "b", "c"]) await play.intake.accept(telemetry({ round: 1, name }));
    const { leaves, evidenceRoot } = await play.intake.freeze(roundOf(1), 1000);
    const closed = closedRounds({ store, keccak });
    expect((await closed(roundOf(1)))?.frozen.leaves).to.deep.equal(leaves);
    expect(hashed).to.equal(0);
    for (const one of leaves) {
      expect(rootAbove(one, (await closed(roundOf(1)))!.proof(one)!)).to.equal(evidenceRoot);
      expect(hashed).to.equal(leaves.length - 1);
    }
    expect((await closed(roundOf(1)))!.proof(leaf), "a leaf of another round").to.equal(null);
    expect(await closed(roundOf(2))).to.equal(null);
  });

  it("tell which leaves are withheld", async () => {
    const open = await play.intake.accept(telemetry());
    const hidden = await play.intake.accept(document({ private: true }));
    await play.intake.freeze(ROUND, 1000);
    const round = (await closedRounds({ store, keccak: viemKeccak })(ROUND))!;
    expect([open, hidden].map(({ receipt }) => round.isWithheld(receipt.leaf))).to.deep.equal([false, true]);
    const { lasting } = await play.intake.open(ROUND, hidden.receipt.leaf, STRANGER);
    expect(lasting, "can be erased yet").to.equal(false);
    expect((await play.intake.content(ROUND, open.receipt.leaf, null)).lasting).to.equal(true);
  });

  it("are kept eight at a time, those that were asked for last; open ones take no place", async () => {
    const closed = closedRounds({ store, keccak: viemKeccak });
    for (let round = 0; round < 9; round++) await close(round);
    for (const round of [0, 1, 2, 3, 4, 5, 6, 7, 0]) await closed(roundOf(round));
    expect(await closed(roundOf(9))).to.equal(null);
    expect(await closed(roundOf(9))).to.equal(null);
    expect(readsOf(9)).to.equal(2);
    for (const round of [1, 0]) await closed(roundOf(round));
    expect([readsOf(0), readsOf(1)]).to.deep.equal([1, 1]);
    await closed(roundOf(8));
    for (const round of [0, 1, 2]) await closed(roundOf(round));
    expect([readsOf(0), readsOf(1), readsOf(2)], "the one asked for longest ago went").to.deep.equal([1, 1, 2]);
  });

  it("are seen as soon as they are closed, and read again where the store could not be reached", async () => {
    let broken = false;
    const get: Store["get"] = (key) => (broken ? Promise.reject(new StoreUnavailable("gone")) : play.store.get(key));
    const closed = closedRounds({ store: { ...store, get }, keccak: viemKeccak });
    expect(await closed(ROUND)).to.equal(null);
    await close(0);
    broken = true;
    expect(await unavailable(closed(ROUND))).to.equal("gone");
    broken = false;
    expect((await closed(ROUND))?.frozen.frozenAt).to.equal(1000);
  });

  it("are not missed by who asks while another still reads the round as open", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const get: Store["get"] = async (key) => {
      const text = await play.store.get(key);
      if (text === null) await held;
      return text;
    };
    const closed = closedRounds({ store: { ...store, get }, keccak: viemKeccak });
    const early = closed(ROUND);
    await close(0);
    const late = closed(ROUND);
    release();
    expect(await early).to.equal(null);
    expect((await late)?.frozen.frozenAt).to.equal(1000);
  });
});
