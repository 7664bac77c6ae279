import { expect } from "chai";
import { runCampaign } from "../../scripts/faults/kill/campaign.ts";
import { seededRandom } from "../../scripts/faults/support/random.ts";

/** The steps at which a wrong order of things would do most harm; all others are for the whole campaign. */
const STEPS = /signed|\/own|round\/@\/frozen|evidence\/@\/state|tx\/assess|payouts/;
const LIMIT_MS = 60_000;

describe("nodes that are killed right before and right after what they make durable", function () {
  this.timeout(300_000);

  it("lose and double nothing, and every round ends", async () => {
    const { violations, kills, rounds } = await runCampaign({
      ...{ repeat: 2, killsPerRound: 4, firstRounds: 3, limitMs: LIMIT_MS },
      wanted: (step) => STEPS.test(step),
      random: seededRandom(Date.now()),
      say: () => undefined,
    });
    expect(violations).to.deep.equal([]);
    expect(rounds).to.be.greaterThan(3);
    expect(kills).to.be.greaterThan(2);
  });
});
