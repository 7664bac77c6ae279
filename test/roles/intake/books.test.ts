import { expect } from "chai";
import { readStates, type States } from "../../../oracle/roles/intake/books.ts";
import { stateKey } from "../../../oracle/store/evidence.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

const POOL = `0x${"ab".repeat(20)}` as const;

describe("states of rounds that an intake has at hand", () => {
  let temp: TempStore;

  beforeEach(async () => {
    temp = await tempStore();
  });
  afterEach(() => temp.remove());

  it("are of few rounds, however many there were, and those asked for among them", async () => {
    const states: States = new Map();
    for (let round = 0; round < 500; round++) {
      const id = { chainId: 1, pool: POOL, round };
      await temp.store.commit({ put: { [stateKey(id)]: `state ${round}` } });
      await readStates(temp.store, states, new Map([[`round ${round}`, id]]));
      expect(states.get(stateKey(id))).to.equal(`state ${round}`);
    }
    expect(states.size).to.be.lessThan(50);
  });
});
