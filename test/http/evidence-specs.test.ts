import { expect } from "chai";
import { keccak256, stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import { specHash, type OutcomeSpec } from "../../oracle/domain/spec.ts";
import type { IntakeReason } from "../../oracle/domain/evidence-refusal.ts";
import { PROVIDER, STRANGER } from "../roles/intake/fixture.ts";
import { problemOf, startEvidence, type EvidencePlay } from "./evidence-play.ts";

const SPEC: OutcomeSpec = {
  format: "guerdon/spec/1",
  title: "Services",
  template: "sla",
  params: {},
  criteria: [{ id: "up", statement: "It is up.", direction: "higher", weight: 1, sourceTypes: ["probe", "log"] }],
  payment: { metered: false, curve: [], fullPayBar: 0, defaultRate: 5_000 },
  oracle: { signers: [PROVIDER], threshold: 1, intake: STRANGER },
  roster: [{ id: "a", name: "A", account: PROVIDER, weight: 1 }],
};

const textOf = (changes: Partial<OutcomeSpec> = {}): string => canonicalJson({ ...SPEC, ...changes });

describe("Outcome specs over HTTP", () => {
  let play: EvidencePlay;
  before(async () => {
    play = await startEvidence({ limits: { specsPerAccount: 3 } });
  });
  after(() => play.close());

  const put = (hash: string, body: string, caller: string | null = PROVIDER) =>
    play.send(`/v1/specs/${hash}`, { method: "PUT", caller, type: "application/json", body });

  it("are kept under their hash by any account, and given to anybody, byte for byte", async () => {
    const hash = specHash(SPEC);
    expect((await put(hash, textOf())).status).to.equal(201);
    expect((await put(hash, textOf(), STRANGER)).status).to.equal(200);
    const response = await play.send(`/v1/specs/${hash}`, { caller: null });
    expect(await response.text()).to.equal(textOf());
    expect(response.headers.get("etag")).to.equal(`"${hash}"`);
    expect(response.headers.get("cache-control")).to.contain("immutable");
    const headers = { "if-none-match": `"${hash}"` };
    expect((await play.send(`/v1/specs/${hash}`, { caller: null, headers })).status).to.equal(304);
  });

  it("are kept whole where they are large", async () => {
    const large = { title: "x".repeat(200_000) };
    const hash = specHash({ ...SPEC, ...large });
    expect((await put(hash, textOf(large))).status).to.equal(201);
    expect(await (await play.send(`/v1/specs/${hash}`)).text()).to.equal(textOf(large));
  });

  const of = (text: string): Hex => keccak256(stringToBytes(text));
  const refusals: [string, IntakeReason, () => [string, string, (string | null)?]][] = [
    ["under another hash", "spec-hash", () => [`0x${"1".repeat(64)}`, textOf()]],
    ["with a line break", "spec-form", () => [of(`${textOf()}\n`), `${textOf()}\n`]],
    ["in another order", "spec-form", () => [of(JSON.stringify(SPEC)), JSON.stringify(SPEC)]],
    ["of another format", "spec-form", () => [of('{"format":"other"}'), '{"format":"other"}']],
    [
      "with more than they have",
      "spec-form",
      () => [of(canonicalJson({ ...SPEC, more: 1 })), canonicalJson({ ...SPEC, more: 1 })],
    ],
    ["that are no JSON", "spec-form", () => [of("{"), "{"]],
    ["above 4 MiB", "too-large", () => [`0x${"1".repeat(64)}`, "a".repeat(4 * 1024 * 1024 + 1)]],
    ["of nobody", "sign-in-needed", () => [specHash(SPEC), textOf(), null]],
    ["of an API key", "not-entitled", () => [specHash(SPEC), textOf(), "key"]],
    ["under no hash", "unknown-spec", () => ["0x12", textOf()]],
  ];
  for (const [name, reason, given] of refusals) {
    it(`are refused ${name}: ${reason}`, async () => {
      const before = await play.dump();
      const [hash, body, caller] = given();
      const { type, errors } = await problemOf(await put(hash, body, caller));
      expect(type).to.equal(`urn:guerdon:problem:${reason}`);
      expect(errors[0]!.limit).to.have.length.above(2);
      expect(await play.dump()).to.equal(before);
    });
  }

  it("are bounded in number for each account", async () => {
    const texts = ["1", "2", "3"].map((title) => ({ title }));
    const sent = await Promise.all(texts.map((one) => put(specHash({ ...SPEC, ...one }), textOf(one))));
    expect(sent.map(({ status }) => status).sort()).to.deep.equal([201, 409, 409]);
    expect((await put(specHash({ ...SPEC, title: "4" }), textOf({ title: "4" }), STRANGER)).status).to.equal(201);
  });

  it("are not found where they are not kept", async () => {
    const response = await play.send(`/v1/specs/0x${"1".repeat(64)}`);
    expect(response.status).to.equal(404);
    expect((await problemOf(response)).type).to.equal("urn:guerdon:problem:unknown-spec");
  });
});
