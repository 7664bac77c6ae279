import { expect } from "chai";
import { problemOf, startEvidence, type EvidencePlay } from "../http/evidence-play.ts";
import { CSV, MANAGER, ROUND } from "../roles/intake/fixture.ts";
import { LATE, REPLAYS, uploads, type Upload } from "./uploads.ts";

const LIMITS = { telemetryBytes: 2_000_000, documentBytes: 3_000_000 };
/** Cases that are about how large telemetry may be. */
const SMALL = { telemetryBytes: 2_000, documentBytes: 3_000_000 };

const cases = await uploads();

async function refuses(play: EvidencePlay, upload: Upload): Promise<void> {
  const before = await play.dump();
  const response = await play.send(upload.path, upload);
  const { type, errors } = await problemOf(response);
  expect(type).to.equal(`urn:guerdon:problem:${upload.reason}`);
  expect(response.status).to.be.within(400, 499);
  for (const { field, limit, value = "" } of errors) {
    expect(field).to.match(/^[a-z-]+(\.[a-z0-9]+)*$/);
    expect(limit).to.have.length.above(2);
    expect(value)
      .to.match(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)
      .and.to.have.length.at.most(80);
  }
  expect(await play.dump(), "nothing is stored").to.equal(before);
  expect(play.logged, "nothing unforeseen happened").to.deep.equal([]);
}

describe("Hostile and broken uploads", () => {
  let [play, small] = [undefined, undefined] as unknown as [EvidencePlay, EvidencePlay];
  before(async () => {
    play = await startEvidence({ limits: LIMITS }, 300);
    small = await startEvidence({ limits: SMALL }, 300);
  });
  after(() => Promise.all([play.close(), small.close()]));

  it("are at least 150 in number, each of its own name", () => {
    const names = [...cases, ...REPLAYS, ...LATE].map(({ name, reason }) => `${reason}: ${name}`);
    expect(new Set(names).size).to.equal(names.length).and.to.be.at.least(150);
  });

  for (const upload of cases) {
    it(`${upload.reason}: ${upload.name}`, () => refuses(upload.reason === "too-large" ? small : play, upload));
  }

  describe("after the same was sent before", () => {
    before(async () => {
      const first = await play.send("telemetry/up.csv/0", { caller: MANAGER, type: "text/csv", body: CSV });
      expect(first.status).to.equal(201);
    });
    for (const upload of REPLAYS) it(`${upload.reason}: ${upload.name}`, () => refuses(play, upload));
  });

  describe("after the round was closed", () => {
    before(() => play.intake.freeze(ROUND, 1000));
    for (const upload of LATE) it(`${upload.reason}: ${upload.name}`, () => refuses(play, upload));
  });
});
