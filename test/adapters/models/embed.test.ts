import { expect } from "chai";
import { tokenBudget } from "../../../oracle/adapters/models/budget.ts";
import { canonicalHash } from "../../../oracle/domain/canonical.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { cosine, denseVector } from "../../../oracle/domain/text/tf-idf.ts";
import { constant } from "../../helpers/model-server/brains.ts";
import { startModelServer, type ModelServer } from "../../helpers/model-server/server.ts";
import { modelAt } from "./play.ts";

const TEXTS = ["The brake holds.", "The brakes hold.", "We cooked together."];

describe("embedding texts", () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer({ brain: constant({}) });
  });
  afterEach(() => server.reset());
  after(() => server.close());

  it("gives a vector for each text, and a record", async () => {
    const { model } = modelAt(server, { embeddings: "embed-1" });
    const answer = await model.embed!(TEXTS);
    if (!answer.ok) throw new Error(answer.reason);
    const [one, like, other] = answer.vectors.map(denseVector);
    expect(cosine(one!, like!)).to.be.greaterThan(cosine(one!, other!) + 0.2);
    const { attempts, latencyMs: _, ...record } = answer.record;
    expect(attempts.map(({ status, error }) => [status, error])).to.deep.equal([[200, null]]);
    expect(record).to.deep.equal({
      endpoint: server.url,
      requestedModel: "embed-1",
      returnedModel: "embed-1",
      inputHash: canonicalHash(TEXTS),
      usage: { promptTokens: 13, cachedTokens: 0, completionTokens: 0 },
      chargedTokens: 13,
    });
    expect(server.received[0]!.body).to.deep.equal({ model: "embed-1", input: TEXTS, encoding_format: "float" });
  });

  it("is not there where no model for it is named", () => {
    expect(modelAt(server).model).not.to.have.property("embed");
  });

  it("tries again, and says why it could not", async () => {
    const { model } = modelAt(server, { embeddings: "embed-1", retries: 1 });
    server.next({ kind: "status", status: 500 });
    const again = await model.embed!(TEXTS);
    expect([again.ok, again.record.attempts.length]).to.deep.equal([true, 2]);
    server.next({ kind: "wrong-model", model: "embed-2" }, { kind: "empty" }, { kind: "status", status: 401 });
    expect(await model.embed!(TEXTS)).to.deep.include({ ok: false, reason: "wrong-model" });
    expect(await model.embed!(TEXTS)).to.deep.include({ ok: false, reason: "malformed" });
    expect(await model.embed!(TEXTS)).to.deep.include({ ok: false, reason: "unauthorised" });
  });

  it("is of the round's tokens too", async () => {
    // 64 for the form, and a byte a token.
    const bytes = 64 + TEXTS.join("").length;
    const enough = modelAt(server, { embeddings: "embed-1" }, tokenBudget(bytes)).model;
    expect((await enough.embed!(TEXTS)).ok).to.equal(true);
    const short = modelAt(server, { embeddings: "embed-1" }, tokenBudget(bytes - 1)).model;
    expect(await short.embed!(TEXTS)).to.deep.include({ ok: false, reason: "budget" });
  });

  for (const texts of [[], [""], Array<string>(257).fill("a")]) {
    it(`throws for ${texts.length} texts of which ${texts.filter((text) => text === "").length} are empty`, async () => {
      const { model } = modelAt(server, { embeddings: "embed-1" });
      const error: unknown = await model.embed!(texts).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect(server.received).to.have.length(0);
    });
  }
});
