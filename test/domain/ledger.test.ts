import { expect } from "chai";
import { unpackTerms } from "../../contracts/protocol/terms.ts";
import type { ChainExport } from "../../oracle/domain/chain-export.ts";
import { answerAt } from "../../oracle/domain/ledger/answer.ts";
import { replayLedger, type Replay } from "../../oracle/domain/ledger/replay.ts";
import { FAULTS_IN } from "./season/faults-in.ts";
import { FAULTS_OUT } from "./season/faults-out.ts";
import { draftOf, eventOf } from "./season/forge.ts";
import { drop, paymentAt } from "./season/ledger-edit.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

const replay = (chain: ChainExport): Replay => replayLedger(chain, unpackTerms(chain.terms));

describe("replay of a ledger", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  for (const name of ["sla", "engine", "contested", "cancelled"] as const) {
    it(`agrees with all the pool answers after the ${name} season`, () => {
      const { chain } = all[name];
      const { state, faults } = replay(chain);
      expect(faults).to.deep.equal([]);
      expect(state.rounds.map((book) => answerAt(state, book, BigInt(chain.head.time)))).to.deep.equal(chain.rounds);
      expect(String(state.balance)).to.equal(chain.balance);
    });
  }

  it("tells donations from funds", () => {
    expect(replay(all.engine.chain).state.donations).to.equal(13n);
    expect(replay(all.contested.chain).state.donations).to.equal(0n);
  });

  it("keeps who put in what, and the oracle's vector beside the arbiter's", () => {
    const { state } = replay(all.engine.chain);
    const [first, second] = state.rounds;
    expect([...first!.contributions.values()].reduce((a, b) => a + b, 0n)).to.equal(777_777_777n);
    expect(second!.assessment!.scores).to.equal(all.engine.bundles[1]!.aggregate);
    expect(second!.vector!.scores).to.not.equal(second!.assessment!.scores);
    expect(state.rounds.map(({ paid }) => [...paid.keys()].sort())).to.deep.equal([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1],
    ]);
  });

  it("takes a skipped provider as unpaid", () => {
    const draft = draftOf(all.engine);
    const distributed = eventOf(draft, "Distributed");
    drop(draft, paymentAt(draft, "Distributed", -1));
    distributed.skipped = [1];
    const { state, faults } = replay(draft.chain);
    expect(faults).to.deep.equal([]);
    expect(state.rounds[0]!.paid.has(1)).to.equal(false);
  });

  for (const [what, season, change, at, words] of [...FAULTS_IN, ...FAULTS_OUT]) {
    it(`names ${what}`, () => {
      const draft = draftOf(all[season]);
      change(draft);
      const { faults } = replay(draft.chain);
      const found = faults.some(({ place, message }) => place.endsWith(at) && message.includes(words));
      expect(found, faults.map(({ place, message }) => `${place}: ${message}`).join("\n")).to.equal(true);
      const places = /^chain\.json (providers|ledger\[\d+\] [A-Z][A-Za-z]+)$/;
      for (const { place } of faults) expect(place).to.match(places);
    });
  }
});
