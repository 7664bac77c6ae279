import { expect } from "chai";
import { canonicalJson } from "../../oracle/domain/canonical.ts";
import { sampleParticipants } from "../../oracle/domain/interview/sampling.ts";
import { transcriptSchema } from "../../oracle/domain/interview/transcript.ts";
import { interviewsApp } from "../../oracle/http/interviews.ts";
import { modelPhrase } from "../../oracle/roles/interviewer/phrase.ts";
import { modelAt } from "../adapters/models/play.ts";
import { STORY } from "../domain/interview/plans.ts";
import { constant } from "../helpers/model-server/brains.ts";
import { startModelServer } from "../helpers/model-server/server.ts";
import { hashOf, people, ROSTER } from "../roles/interviewer/fixture.ts";
import { needsRedis } from "../support/needs-redis.ts";
import { STORES } from "./support/interview-stores.ts";
import { INTAKE } from "./support/intake.ts";
import {
  INTERVIEWER,
  MANAGER,
  NODE,
  serveInterviews,
  STRANGER,
  type Answered,
  type ServedInterviews,
} from "./support/interviews.ts";

interface Shown {
  readonly step: {
    readonly id: string;
    readonly kind: string;
    readonly language: string;
    readonly text: string;
    readonly reason?: string;
    readonly options?: readonly { readonly value: number | string }[];
  };
  readonly progress: { readonly answered: number };
  readonly ended: boolean;
}

interface Problem {
  readonly type: string;
  readonly reason?: string;
  readonly errors?: readonly { readonly field: string; readonly value?: string; readonly limit: string }[];
}

interface Link {
  readonly id: string;
  readonly token: string;
}

const SAMPLE = { size: { share: 10_000 }, minimum: 0 };

function typeOf({ status, headers, body }: Answered<unknown>): string {
  expect(headers.get("content-type")).to.equal("application/problem+json");
  expect((body as { status: number }).status).to.equal(status);
  return `${status} ${(body as Problem).type.replace("urn:guerdon:problem:", "")}`;
}

/** Closes the roster and draws everybody who signed. */
async function drawAll({ ask, tokenOf, round, chain }: ServedInterviews): Promise<void> {
  const closed = await ask(await tokenOf(MANAGER), "PUT", `${round}/roster`, { entries: ROSTER });
  expect(closed.status).to.equal(201);
  chain.final = 200n;
  const drawn = await ask(await tokenOf(INTERVIEWER), "POST", `${round}/sample`, SAMPLE);
  expect(drawn.status).to.equal(201);
}

async function invite(
  { ask, tokenOf, round }: ServedInterviews,
  participant = "garage-7-person-0",
  wave = "day-30",
): Promise<Link> {
  const provider = participant.slice(0, participant.indexOf("-person"));
  const made = await ask<Link>(await tokenOf(INTERVIEWER), "POST", `${round}/interviews`, {
    participant,
    provider,
    wave,
  });
  expect(made.status).to.equal(201);
  expect(made.headers.get("cache-control")).to.equal("no-store");
  return made.body;
}

/** Answers until the step `until` or the end, and says what is shown then. */
async function goOn(
  { ask }: ServedInterviews,
  { id, token }: Link,
  said: Readonly<Record<string, string>> = {},
  until = "end",
): Promise<Shown> {
  let { body: shown } = await ask<Shown>(token, "GET", `/v1/interviews/${id}/step`);
  while (shown.step.id !== until && shown.step.kind !== "end") {
    const { step } = shown;
    const next =
      step.kind === "consent"
        ? await ask<Shown>(token, "POST", `/v1/interviews/${id}/consent`, { agree: true })
        : step.kind === "language"
          ? await ask<Shown>(token, "PUT", `/v1/interviews/${id}/language`, { language: "en" })
          : await ask<Shown>(token, "POST", `/v1/interviews/${id}/answers`, {
              step: step.id,
              reply: replyTo(step, said),
            });
    expect(next.status, JSON.stringify(next.body)).to.equal(200);
    expect(next.headers.get("cache-control")).to.equal("no-store");
    shown = next.body;
  }
  return shown;
}

function replyTo({ id, options }: Shown["step"], said: Readonly<Record<string, string>>) {
  return options === undefined ? { text: said[id] ?? `Words at ${id}.` } : { value: options[0]!.value };
}

for (const [name, start] of Object.entries(STORES)) {
  describe(`Interviews over HTTP, on ${name}`, () => {
    if (name === "Redis") needsRedis();
    let served: ServedInterviews;
    let stop: () => Promise<void>;
    let link: Link;
    before(async () => {
      ({ served, stop } = await start());
    });
    after(() => stop?.());

    it("begin with a roster that the manager closes once, of which everybody sees hash, number and blocks", async () => {
      const { ask, tokenOf, round } = served;
      const [manager, stranger] = [await tokenOf(MANAGER), await tokenOf(STRANGER)];
      expect(typeOf(await ask(null, "GET", `${round}/roster`))).to.equal("409 no-roster");
      expect(typeOf(await ask(null, "PUT", `${round}/roster`, { entries: ROSTER }))).to.equal("401 sign-in-needed");
      expect(typeOf(await ask(stranger, "PUT", `${round}/roster`, { entries: ROSTER }))).to.equal("403 not-manager");
      const wrong = await ask<Problem>(manager, "PUT", `${round}/roster`, {
        entries: [{ ...ROSTER[0], signed: "yes" }],
      });
      expect(typeOf(wrong)).to.equal("400 invalid");
      expect(wrong.body.errors![0]!.field).to.equal("body.entries.0.signed");
      const foreign = { entries: [{ ...ROSTER[0]!, provider: "garage-9" }] };
      expect(typeOf(await ask(manager, "PUT", `${round}/roster`, foreign))).to.equal("400 invalid");
      const closed = await ask(manager, "PUT", `${round}/roster`, { entries: ROSTER });
      expect(closed.status).to.equal(201);
      const numbers = { count: 12, closingBlock: "100", seedBlock: "132", entries: null };
      expect(closed.body).to.deep.include(numbers);
      expect((await ask(manager, "PUT", `${round}/roster`, { entries: ROSTER })).status).to.equal(200);
      const other = await ask(manager, "PUT", `${round}/roster`, { entries: ROSTER.slice(1) });
      expect(typeOf(other)).to.equal("409 other-roster");
      expect((await ask(null, "GET", `${round}/roster`)).body).to.deep.equal(closed.body);
      for (const account of [MANAGER, INTERVIEWER, INTAKE]) {
        expect((await ask(await tokenOf(account), "GET", `${round}/roster`)).body["entries"]).to.deep.equal(ROSTER);
      }
      expect((await ask(stranger, "GET", `${round}/roster`)).body["entries"]).to.equal(null);
    });

    it("go on with a sample that an interviewer draws once, when the seed's block is final", async () => {
      const { ask, tokenOf, round, chain, pool } = served;
      const interviewer = await tokenOf(INTERVIEWER);
      const early = await ask<Problem>(interviewer, "POST", `${round}/sample`, SAMPLE);
      expect(typeOf(early)).to.equal("409 seed-not-final");
      expect(early.body.errors).to.deep.equal([{ field: "block", value: "98", limit: "block 132, final" }]);
      expect(typeOf(await ask(null, "GET", `${round}/sample`))).to.equal("409 no-sample");
      chain.final = 132n;
      expect(typeOf(await ask(await tokenOf(MANAGER), "POST", `${round}/sample`, SAMPLE))).to.equal(
        "403 not-interviewer",
      );
      const bad = { size: { share: 10_001 }, minimum: 0 };
      expect(typeOf(await ask(interviewer, "POST", `${round}/sample`, bad))).to.equal("400 invalid");
      const drawn = await ask(interviewer, "POST", `${round}/sample`, SAMPLE);
      expect(drawn.status).to.equal(201);
      const seed = hashOf(132n);
      const expected = sampleParticipants({
        ...{ format: "guerdon/sample/1", seed, pool, round: 0 },
        ...SAMPLE,
        roster: ROSTER,
      });
      expect(drawn.body).to.deep.equal({ ...SAMPLE, ...expected, seed });
      expect((await ask(interviewer, "POST", `${round}/sample`, SAMPLE)).body).to.deep.equal(drawn.body);
      const other = await ask(interviewer, "POST", `${round}/sample`, { ...SAMPLE, minimum: 1 });
      expect(typeOf(other)).to.equal("409 other-sample");
      expect((await ask(null, "GET", `${round}/sample`)).body).to.deep.equal({ ...drawn.body, drawn: null });
    });

    it("are for who was drawn, by a link that opens nothing else", async () => {
      const { ask, tokenOf, round } = served;
      const interviewer = await tokenOf(INTERVIEWER);
      const who = { participant: "garage-7-person-0", provider: "garage-7", wave: "day-30" };
      expect(typeOf(await ask(await tokenOf(MANAGER), "POST", `${round}/interviews`, who))).to.equal(
        "403 not-interviewer",
      );
      for (const participant of ["garage-7-person-5", "nobody"]) {
        const refused = await ask(interviewer, "POST", `${round}/interviews`, { ...who, participant });
        expect(typeOf(refused)).to.equal("403 not-drawn");
      }
      const odd = await ask<Problem>(interviewer, "POST", `${round}/interviews`, { ...who, wave: "day-31" });
      expect(typeOf(odd)).to.equal("400 invalid");
      expect(odd.body.errors![0]).to.deep.include({ field: "body.wave", value: "day-31" });
      const old = await invite(served);
      link = await invite(served);
      expect(link.id).to.equal(old.id);
      expect(link.token).to.match(/^gi_[0-9a-f]{40}_[\w-]{43}$/);
      const step = `/v1/interviews/${link.id}/step`;
      expect(typeOf(await ask(old.token, "GET", step))).to.equal("401 bad-credentials");
      expect(typeOf(await ask(`gi_${link.id}_${"A".repeat(43)}`, "GET", step))).to.equal("401 bad-credentials");
      expect(typeOf(await ask(null, "GET", step))).to.equal("401 interview-link-needed");
      expect(typeOf(await ask(interviewer, "GET", step))).to.equal("401 interview-link-needed");
      const other = await invite(served, "garage-7-person-1");
      expect(typeOf(await ask(other.token, "GET", step))).to.equal("403 other-interview");
      expect(typeOf(await ask(link.token, "GET", `${round}/interviews`))).to.equal("403 account-needed");
      expect((await ask(link.token, "GET", "/v1/me")).body).to.deep.equal({ kind: "participant", interview: link.id });
      expect((await ask<Shown>(link.token, "GET", step)).body.step.id).to.equal("consent");
    });

    it("are answered step by step, in any language of the plan, with skips, and taken up again anywhere", async () => {
      const { ask } = served;
      const answers = `/v1/interviews/${link.id}/answers`;
      const early = await ask<Problem>(link.token, "POST", answers, { step: "story", reply: null });
      expect(typeOf(early)).to.equal("409 interview-refused");
      expect(early.body.reason).to.equal("consent-first");
      await goOn(served, link, {}, "story");
      const order = await ask<Problem>(link.token, "POST", answers, { step: "negative", reply: { text: "nothing" } });
      expect(order.body).to.deep.include({
        reason: "out-of-order",
        errors: [{ field: "step", value: "negative", limit: "story" }],
      });
      const long = await ask<Problem>(link.token, "POST", answers, {
        step: "story",
        reply: { text: "a".repeat(2_001) },
      });
      expect(long.body).to.deep.include({
        reason: "too-long",
        errors: [{ field: "text", value: "2001", limit: "at most 2000 characters" }],
      });
      const german = await ask<Shown>(link.token, "PUT", `/v1/interviews/${link.id}/language`, { language: "de" });
      expect(german.body.step).to.include({ id: "story", language: "de" });
      const told = await ask<Shown>(link.token, "POST", answers, { step: "story", reply: { text: STORY } });
      const again = await ask<Shown>(link.token, "POST", answers, { step: "story", reply: { text: STORY } });
      expect(again.body).to.deep.equal(told.body);
      const skipped = await ask<Shown>(link.token, "POST", answers, { step: told.body.step.id, reply: null });
      expect(skipped.body.progress.answered).to.equal(told.body.progress.answered + 1);
      expect((await ask<Shown>(link.token, "GET", `/v1/interviews/${link.id}/step`)).body).to.deep.equal(skipped.body);
      const end = await goOn(served, link);
      expect(end.step).to.include({ kind: "end", reason: "completed" });
      const over = await ask<Problem>(link.token, "POST", answers, { step: "one-more", reply: null });
      expect(over.body.reason).to.equal("over");
    });

    it("become private evidence in canonical bytes, which nodes of the oracle read and others do not", async () => {
      const { ask, tokenOf, round } = served;
      const list = await ask<{ items: { leaf: string; private: boolean }[] }>(null, "GET", `${round}/evidence`);
      const [item, ...others] = list.body.items;
      expect(others).to.deep.equal([]);
      expect(item!.private).to.equal(true);
      const read = await ask<{ item: { name: string; source: string; content: string } }>(
        await tokenOf(NODE),
        "GET",
        `${round}/evidence/${item!.leaf}`,
      );
      const { name: called, source, content } = read.body.item;
      expect({ called, source }).to.deep.equal({
        called: `interview-${link.id}.json`,
        source: INTAKE.address.toLowerCase(),
      });
      const transcript = transcriptSchema.parse(JSON.parse(content));
      expect(canonicalJson(transcript)).to.equal(content);
      expect(transcript).to.include({ complete: true, provider: "garage-7", participant: "garage-7-person-0" });
      expect(transcript.turns.find(({ step }) => step === "story")).to.deep.include({ reply: { text: STORY } });
      const shown = await ask(link.token, "GET", `/v1/interviews/${link.id}/transcript`);
      expect(shown.body["transcript"]).to.deep.equal(transcript);
      for (const account of [MANAGER, INTERVIEWER, STRANGER]) {
        const refused = await ask(await tokenOf(account), "GET", `${round}/evidence/${item!.leaf}`);
        expect(typeOf(refused)).to.equal("403 not-entitled");
      }
    });

    it("are withdrawn by who holds the link: log and evidence are erased, however often it is asked", async () => {
      const { ask, round, api } = served;
      for (let time = 0; time < 2; time++) {
        expect((await ask(link.token, "DELETE", `/v1/interviews/${link.id}`)).status).to.equal(204);
      }
      expect(typeOf(await ask(link.token, "GET", `/v1/interviews/${link.id}/transcript`))).to.equal(
        "409 no-transcript",
      );
      const { body } = await ask<Shown>(link.token, "GET", `/v1/interviews/${link.id}/step`);
      expect(body.step).to.include({ kind: "end", reason: "withdrawn" });
      const { items } = (await ask<{ items: { leaf: string }[] }>(null, "GET", `${round}/evidence`)).body;
      expect(typeOf(await ask(null, "GET", `${round}/evidence/${items[0]!.leaf}`))).to.equal("410 erased");
      const kept = (await api.store.list("interviews/")).map(({ key, value }) => `${key} ${value}`).join("\n");
      expect(kept).not.to.contain(link.token.slice(-43));
    });

    it("are counted for interviewers, without a word", async () => {
      const { ask, tokenOf, round } = served;
      const declined = await invite(served, "garage-8-person-0");
      const no = await ask<Shown>(declined.token, "POST", `/v1/interviews/${declined.id}/consent`, { agree: false });
      expect(no.body.step).to.include({ kind: "end", reason: "declined" });
      const late = await ask<Problem>(declined.token, "DELETE", `/v1/interviews/${declined.id}`);
      expect(late.body.reason).to.equal("over");
      const counts = await ask(await tokenOf(INTERVIEWER), "GET", `${round}/interviews`);
      expect(counts.body).to.deep.equal({
        providers: [
          { provider: "garage-7", opened: 1, consented: 0, completed: 0, declined: 0, withdrawn: 1 },
          { provider: "garage-8", opened: 0, consented: 0, completed: 0, declined: 1, withdrawn: 0 },
        ],
      });
      expect(typeOf(await ask(await tokenOf(MANAGER), "GET", `${round}/interviews`))).to.equal("403 not-interviewer");
      expect(typeOf(await ask(null, "GET", `${round}/interviews`))).to.equal("401 sign-in-needed");
    });

    it("take one of the answers that come at once", async () => {
      const { ask } = served;
      const one = await invite(served, "garage-8-person-1");
      const { step } = await goOn(served, one, {}, "item/ons4/satisfied");
      const given = await Promise.all(
        [3, 4, 5, 6, 6].map((value) =>
          ask<Shown & Problem>(one.token, "POST", `/v1/interviews/${one.id}/answers`, {
            step: step.id,
            reply: { value },
          }),
        ),
      );
      const taken = given.filter(({ status }) => status === 200);
      expect(taken.length).to.be.within(1, 2);
      for (const { body } of taken) expect(body.progress.answered).to.equal(1);
      for (const other of given.filter(({ status }) => status !== 200))
        expect(other.body.reason).to.equal("already-answered");
    });

    it("end with the round: what was said so far is evidence, nothing more is taken, and withdrawing goes on", async () => {
      const { ask, intake, interviewer, pool, round, api } = served;
      const one = await invite(served, "garage-8-person-2");
      await goOn(served, one, {}, "negative");
      const id = { chainId: 31_337, pool, round: 0 };
      await interviewer.end(id);
      const frozen = await intake.freeze(id, 1_800_000_000);
      // Of the one that was withdrawn only the leaf is left; two more had consented.
      expect(frozen.withheld).to.have.length(3);
      const late = { step: "negative", reply: { text: "late" } };
      expect(typeOf(await ask(one.token, "POST", `/v1/interviews/${one.id}/answers`, late))).to.equal(
        "409 interviews-ended",
      );
      expect((await ask<Shown>(one.token, "GET", `/v1/interviews/${one.id}/step`)).body.ended).to.equal(true);
      const count = async () => {
        const left = await Promise.all(frozen.leaves.map((leaf) => ask(null, "GET", `${round}/evidence/${leaf}`)));
        return left.filter(({ status }) => status === 410).length;
      };
      expect(await count()).to.equal(1);
      expect((await ask(one.token, "DELETE", `/v1/interviews/${one.id}`)).status).to.equal(204);
      expect(await count()).to.equal(2);
      const lines = JSON.stringify(api.lines);
      for (const word of ["brakes", "Words at", "garage-7-person", one.token.slice(-43)])
        expect(lines).not.to.contain(word);
      expect(api.lines.filter(({ level }) => level !== "info")).to.deep.equal([]);
    });
  });
}

describe("Interviews over HTTP", () => {
  it("have probes worded by a model where there is one", async () => {
    const question = "The discs were changed; when was that?";
    const server = await startModelServer({ brain: constant({ question }) });
    const { model } = modelAt(server);
    const served = await serveInterviews({ phrase: modelPhrase(() => model) });
    await drawAll(served);
    const link = await invite(served);
    const told = "The mechanic at the workshop changed the discs and showed me the old ones before we talked about it.";
    const { step } = await goOn(served, link, { story: told }, "probe/1/when");
    expect(step).to.include({ kind: "probe", text: question });
    expect(step).to.have.all.keys("kind", "id", "language", "text", "maxCharacters");
    await served.close();
    await server.close();
  });

  it("take rosters larger than other bodies", async () => {
    const served = await serveInterviews();
    const entries = people("garage-7", 15_000);
    expect(JSON.stringify(entries).length).to.be.greaterThan(1024 * 1024);
    const closed = await served.ask(await served.tokenOf(MANAGER), "PUT", `${served.round}/roster`, { entries });
    expect(closed.status).to.equal(201);
    expect(closed.body["count"]).to.equal(15_000);
    await served.close();
  });

  it("are of pools and rounds that there are", async () => {
    const { ask, close, pool } = await serveInterviews();
    for (const path of [`/v1/pools/${pool}/rounds/3/roster`, `/v1/pools/0x${"7".repeat(40)}/rounds/0/sample`]) {
      expect(typeOf(await ask(null, "GET", path))).to.equal("404 not-found");
    }
    expect(typeOf(await ask(null, "GET", `/v1/pools/${pool}/rounds/x/roster`))).to.equal("400 invalid");
    expect(typeOf(await ask(null, "PUT", `/v1/pools/0x1/rounds/0/roster`, {}))).to.equal("400 invalid");
    await close();
  });

  it("describe every route they have", async () => {
    const { interviewer, close } = await serveInterviews();
    const app = interviewsApp({ interviewer, chainId: 1 });
    const { paths } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } });
    const described = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].sort())
      .to.deep.equal(described.sort())
      .and.to.have.length(12);
    await close();
  });
});
