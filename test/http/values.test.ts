import { expect } from "chai";
import { acceptedCriteria } from "../../oracle/domain/lint/lint.ts";
import { criteriaHash, type CriteriaDocument } from "../../oracle/domain/criteria/document.ts";
import { specCriteria } from "../../oracle/domain/criteria/rules.ts";
import { outcomeSpecSchema } from "../../oracle/domain/spec.ts";
import { valuesHash, valuesRecord, type Vote } from "../../oracle/domain/values/record.ts";
import { valuesApp } from "../../oracle/http/values.ts";
import { MOST_OPEN } from "../../oracle/roles/interviewer/values/values.ts";
import { needsRedis } from "../support/needs-redis.ts";
import { STORES } from "./support/interview-stores.ts";
import { MANAGER, serveInterviews, STRANGER, type ServedInterviews } from "./support/interviews.ts";
import {
  BUYERS,
  collect,
  edited,
  linkOf,
  openValues,
  ORGANISER,
  request,
  tell,
  TOLD,
  typeOf,
  vote,
  type CriteriaShown,
  type DraftShown,
  type Link,
  type ValuesShown,
} from "./support/values.ts";

const DAY = 86_400_000;
const [ANNA, BEN, CLEO, DAN] = BUYERS;

interface Problem {
  readonly reason?: string;
  readonly errors: readonly { readonly field: string; readonly value?: string; readonly limit: string }[];
}

for (const [name, start] of Object.entries(STORES)) {
  describe(`Values of four buyers over HTTP, on ${name}`, () => {
    if (name === "Redis") needsRedis();
    let served: ServedInterviews;
    let stop: () => Promise<void>;
    let path: string;
    let link: Link;
    /** Ids of the cards by what they are about. */
    let cards: Record<keyof typeof TOLD, string>;
    let draft: DraftShown;
    let criteria: CriteriaDocument;
    before(async () => {
      ({ served, stop } = await start());
    });
    after(() => stop?.());

    const view = async (account = ORGANISER) =>
      (await served.ask<ValuesShown>(await served.tokenOf(account), "GET", path)).body;

    it("begin with who asks whom about what, for any account that is signed in", async () => {
      const { ask, tokenOf } = served;
      expect(typeOf(await ask(null, "POST", "/v1/values", request()))).to.equal("401 sign-in-needed");
      path = await openValues(served);
      const shown = await ask<ValuesShown>(await tokenOf(ORGANISER), "GET", path);
      expect(shown.headers.get("cache-control")).to.equal("no-store");
      expect(shown.body).to.deep.equal({
        ...request({ buyers: BUYERS.map(({ address }) => address.toLowerCase()) }),
        organiser: ORGANISER.address.toLowerCase(),
        state: "collecting",
        interviews: { opened: 0, consented: 0, completed: 0, declined: 0, withdrawn: 0 },
        votes: 0,
        cards: null,
        own: null,
      });
      expect((await view(ANNA)).own).to.deep.equal({ interview: null, vote: null });
      for (const account of [STRANGER, MANAGER]) {
        expect(typeOf(await ask(await tokenOf(account), "GET", path))).to.equal("403 not-buyer");
      }
      expect(typeOf(await ask(null, "GET", path))).to.equal("401 sign-in-needed");
    });

    it("have interviews that each buyer opens alone, one each, by a link that is fresh each time", async () => {
      const { ask, tokenOf } = served;
      for (const account of [ORGANISER, STRANGER]) {
        expect(typeOf(await ask(await tokenOf(account), "POST", `${path}/interviews`))).to.equal("403 not-buyer");
      }
      const old = await linkOf(served, path, ANNA);
      link = await linkOf(served, path, ANNA);
      expect(link.id).to.equal(old.id);
      expect((await linkOf(served, path, BEN)).id).not.to.equal(link.id);
      const step = `/v1/interviews/${link.id}/step`;
      expect(typeOf(await ask(old.token, "GET", step))).to.equal("401 bad-credentials");
      expect(typeOf(await ask(await tokenOf(ANNA), "GET", step))).to.equal("401 interview-link-needed");
      expect((await ask<{ step: object }>(link.token, "GET", step)).body.step).to.include({ kind: "consent" });
      expect(typeOf(await ask(link.token, "GET", path))).to.equal("403 account-needed");
    });

    it("are told in interviews like any other, of which others see nothing yet but how many there are", async () => {
      const { ask } = served;
      const { step } = await tell(served, link, TOLD.welcome);
      expect(step).to.include({ kind: "end", reason: "completed" });
      const { body } = await ask<{ transcript: { participant: string; provider: null; wave: string } }>(
        link.token,
        "GET",
        `/v1/interviews/${link.id}/transcript`,
      );
      expect(body.transcript).to.include({ provider: null, wave: "values", complete: true });
      expect(JSON.stringify(body).toLowerCase()).not.to.contain(ANNA.address.toLowerCase().slice(2));
      await tell(served, await linkOf(served, path, BEN), TOLD.quiet);
      await tell(served, await linkOf(served, path, CLEO), TOLD.craft);
      const half = await linkOf(served, path, DAN);
      await tell(served, half, TOLD.craft, "attend/3");
      expect(await view()).to.deep.include({
        interviews: { opened: 0, consented: 1, completed: 3, declined: 0, withdrawn: 0 },
        cards: null,
      });
      expect((await view(ANNA)).own).to.deep.equal({ interview: "completed", vote: null });
    });

    it("cannot be voted on or closed while buyers are asked", async () => {
      const { ask, tokenOf } = served;
      const early = await ask<Problem>(await tokenOf(ANNA), "POST", `${path}/votes`, vote([]));
      expect(typeOf(early)).to.equal("409 not-voting");
      expect(early.body.errors).to.deep.equal([{ field: "state", value: "collecting", limit: "voting" }]);
      expect(typeOf(await ask(await tokenOf(ORGANISER), "POST", `${path}/close`))).to.equal("409 not-voting");
      expect(typeOf(await ask(await tokenOf(ORGANISER), "GET", `${path}/draft`))).to.equal("409 not-closed");
      expect(typeOf(await ask(await tokenOf(ANNA), "POST", `${path}/voting`))).to.equal("403 not-organiser");
    });

    it("are voted on when the organiser ends the interviews: then all see the cards, and whose words they are of nobody", async () => {
      const { ask, tokenOf } = served;
      const begun = await ask<ValuesShown>(await tokenOf(ORGANISER), "POST", `${path}/voting`);
      expect(begun.status).to.equal(200);
      expect(begun.body.state).to.equal("voting");
      expect((await ask(await tokenOf(ORGANISER), "POST", `${path}/voting`)).body).to.deep.equal(begun.body);
      const shown = (await view(DAN)).cards!;
      expect(shown).to.deep.equal(begun.body.cards);
      expect(shown.map(({ title }) => title).sort()).to.deep.equal(
        Object.values(TOLD)
          .map(({ title }) => title)
          .sort(),
      );
      const welcome = shown.find(({ title }) => title === TOLD.welcome.title)!;
      expect(welcome.id).to.match(/^being-welcomed-[0-9a-f]{12}$/);
      expect(welcome).to.deep.equal({
        id: welcome.id,
        title: TOLD.welcome.title,
        description: TOLD.welcome.description,
        policies: TOLD.welcome.attended.map((text, i) => ({ id: `p${i + 1}`, text })),
        quotes: [TOLD.welcome.story],
      });
      const idOf = (one: keyof typeof TOLD): string => shown.find(({ title }) => title === TOLD[one].title)!.id;
      cards = { welcome: idOf("welcome"), quiet: idOf("quiet"), craft: idOf("craft") };
      const answer = { step: "attend/3", reply: null };
      const half = await linkOf(served, path, DAN);
      expect(typeOf(await ask(half.token, "POST", `/v1/interviews/${half.id}/answers`, answer))).to.equal(
        "409 interviews-ended",
      );
    });

    it("take one vote of each buyer, the last, and refuse what is not on a card that is there", async () => {
      const { ask, tokenOf } = served;
      for (const account of [ORGANISER, STRANGER]) {
        expect(typeOf(await ask(await tokenOf(account), "POST", `${path}/votes`, vote([])))).to.equal("403 not-buyer");
      }
      const anna = await tokenOf(ANNA);
      const cast = (ballot: Vote, token = anna) => ask<Problem>(token, "POST", `${path}/votes`, ballot);
      const answer = "wiser" as const;
      for (const [ballot, field, value] of [
        [vote(["none"]), "body.approves.0", "none"],
        [vote([], [{ from: cards.quiet, to: "none", answer }]), "body.pairs.0.to", "none"],
        [vote([], [{ from: cards.quiet, to: cards.quiet, answer }]), "body.pairs.0.to", cards.quiet],
      ] as const) {
        const refused = await cast(ballot);
        expect(typeOf(refused)).to.equal("400 invalid");
        expect(refused.body.errors[0]).to.include({ field, value });
      }
      expect((await cast(vote([cards.craft]))).status).to.equal(204);
      const second = vote([cards.welcome], [{ from: cards.quiet, to: cards.welcome, answer }]);
      expect((await cast(second)).status).to.equal(204);
      expect(await view(ANNA)).to.deep.include({ votes: 1, own: { interview: "completed", vote: second } });
      expect((await view(BEN)).own!.vote).to.equal(null);
    });

    it("count votes that come at once, each once", async () => {
      const { ask, tokenOf } = served;
      const others = [
        [BEN, vote([cards.welcome, cards.quiet], [{ from: cards.quiet, to: cards.welcome, answer: "not-wiser" }])],
        [CLEO, vote([cards.welcome, cards.quiet, cards.craft])],
        [DAN, vote([cards.welcome])],
      ] as const;
      const tokens = await Promise.all(others.map(([buyer]) => tokenOf(buyer)));
      const all = [...others, ...others].map(([, ballot], i) =>
        ask(tokens[i % tokens.length]!, "POST", `${path}/votes`, ballot),
      );
      expect((await Promise.all(all)).map(({ status }) => status)).to.deep.equal(all.map(() => 204));
      expect((await view()).votes).to.equal(4);
    });

    it("lose the card of who withdraws before the vote is closed, and all that votes say of it", async () => {
      const { ask, tokenOf } = served;
      const mine = await linkOf(served, path, CLEO);
      expect((await ask(mine.token, "DELETE", `/v1/interviews/${mine.id}`)).status).to.equal(204);
      const shown = await view();
      expect(shown.cards!.map(({ id }) => id)).to.deep.equal([cards.welcome, cards.quiet].sort());
      expect(shown.interviews).to.include({ completed: 2, withdrawn: 1 });
      const gone = await ask(await tokenOf(DAN), "POST", `${path}/votes`, vote([cards.craft]));
      expect(typeOf(gone)).to.equal("400 invalid");
    });

    it("are closed by the organiser into a draft that anybody computes from cards and votes", async () => {
      const { ask, tokenOf } = served;
      expect(typeOf(await ask(await tokenOf(ANNA), "POST", `${path}/close`))).to.equal("403 not-organiser");
      const organiser = await tokenOf(ORGANISER);
      const closing = await Promise.all([1, 2, 3].map(() => ask<DraftShown>(organiser, "POST", `${path}/close`)));
      draft = closing[0]!.body;
      for (const { status, body } of closing) expect({ status, body }).to.deep.equal({ status: 200, body: draft });
      const { record, hash, findings, concerns } = draft;
      expect(concerns.map(({ rule, about }) => [rule, about])).to.deep.equal([["vague", `${cards.welcome}/p3`]]);
      // Four voters: all approve of welcome, two of quiet; one calls the step between them wiser, one does not.
      expect(record.standings.map(({ card, approvals, accepted }) => [card, approvals, accepted])).to.deep.equal([
        [cards.welcome, 4, true],
        [cards.quiet, 2, true],
      ]);
      const pair = { from: cards.quiet, to: cards.welcome };
      expect(record.contested).to.deep.equal([{ ...pair, wiser: 1, notWiser: 1, unsure: 0 }]);
      expect(record.minorities).to.deep.equal([]);
      // No edge is left between them, so ranks follow approvals: 4 to 2, three policies each. 6 are set aside, 1 each; of the other
      // 9,994 those of welcome get 2,220.88… each, those of quiet 1,110.44….
      expect(record.draft!.criteria.map(({ weight }) => weight)).to.deep.equal([2222, 2222, 2222, 1112, 1111, 1111]);
      expect(new Set(findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule))).to.deep.equal(
        new Set(["missing", "unconfirmed", "independent-sources"]),
      );
      const { title, language, cards: told, votes } = record;
      expect(valuesHash(valuesRecord({ title, language, cards: [...told].reverse(), votes }))).to.equal(hash);
      expect(JSON.stringify(record).toLowerCase()).not.to.contain(DAN.address.toLowerCase().slice(2));
    });

    it("are over then: no vote, no card taken out, the same draft for whom it concerns", async () => {
      const { ask, tokenOf } = served;
      const late = await ask<Problem>(await tokenOf(ANNA), "POST", `${path}/votes`, vote([]));
      expect(typeOf(late)).to.equal("409 not-voting");
      expect(late.body.errors[0]).to.include({ value: "closed" });
      const mine = await linkOf(served, path, BEN);
      expect((await ask(mine.token, "DELETE", `/v1/interviews/${mine.id}`)).status).to.equal(204);
      const { transcript } = { transcript: await ask(mine.token, "GET", `/v1/interviews/${mine.id}/transcript`) };
      expect(typeOf(transcript)).to.equal("409 no-transcript");
      expect((await view()).state).to.equal("closed");
      for (const account of [ORGANISER, ...BUYERS]) {
        expect((await ask(await tokenOf(account), "GET", `${path}/draft`)).body).to.deep.equal(draft);
      }
      expect(typeOf(await ask(await tokenOf(STRANGER), "GET", `${path}/draft`))).to.equal("403 not-buyer");
    });

    it("become criteria that the organiser edits, and confirms in nobody's name", async () => {
      const { ask, tokenOf } = served;
      const organiser = await tokenOf(ORGANISER);
      const put = (document: object, token = organiser) => ask<Problem>(token, "PUT", `${path}/criteria`, document);
      expect(typeOf(await ask(organiser, "GET", `${path}/criteria`))).to.equal("409 no-criteria");
      criteria = edited(draft.record.draft!);
      expect(typeOf(await put(criteria, await tokenOf(ANNA)))).to.equal("403 not-organiser");
      const by = [ORGANISER.address.toLowerCase()];
      const [first, ...rest] = criteria.criteria;
      for (const [changes, field] of [
        [{ version: 2 }, "body.version"],
        [{ replaces: `0x${"1".repeat(64)}` }, "body.replaces"],
        [{ criteria: [{ ...first, state: { kind: "confirmed", by } }, ...rest] }, "body.criteria.0.state.kind"],
        [{ criteria: [first, first] }, "body.criteria.1.id"],
        [{ roundDays: undefined }, "body.roundDays"],
      ] as const) {
        const refused = await put({ ...criteria, ...changes });
        expect(typeOf(refused)).to.equal("400 invalid");
        expect(refused.body.errors[0]!.field).to.equal(field);
      }
      const kept = await ask<CriteriaShown>(organiser, "PUT", `${path}/criteria`, criteria);
      expect(kept.status, JSON.stringify(kept.body)).to.equal(200);
      expect(kept.body).to.deep.include({ hash: criteriaHash(criteria), document: criteria, confirmed: [] });
      expect(kept.body.accepted).to.equal(false);
    });

    it("are confirmed by buyers who have read them, each for itself, also at once", async () => {
      const { ask, tokenOf } = served;
      const hash = criteriaHash(criteria);
      const ids = criteria.criteria.map(({ id }) => id).sort();
      const confirm = async (buyer: typeof ANNA, given: object) =>
        ask<CriteriaShown & Problem>(await tokenOf(buyer), "POST", `${path}/criteria/confirm`, given);
      expect(typeOf(await confirm(ORGANISER, { hash, ids }))).to.equal("403 not-buyer");
      const unread = await confirm(ANNA, { hash: `0x${"1".repeat(64)}`, ids });
      expect(typeOf(unread)).to.equal("409 other-criteria");
      expect(unread.body.errors[0]).to.include({ limit: hash });
      expect(typeOf(await confirm(ANNA, { hash, ids: ["none"] }))).to.equal("400 invalid");
      const done = await Promise.all([
        ...ids.map((id) => confirm(ANNA, { hash, ids: [id] })),
        confirm(DAN, { hash, ids: ids.slice(0, 2) }),
      ]);
      expect(done.map(({ status }) => status)).to.deep.equal(done.map(() => 200));
      const read = await ask<CriteriaShown>(await tokenOf(BEN), "GET", `${path}/criteria`);
      const accounts = [
        { account: ANNA.address.toLowerCase(), ids },
        { account: DAN.address.toLowerCase(), ids: ids.slice(0, 2) },
      ].sort((one, other) => (one.account < other.account ? -1 : 1));
      expect(read.body.confirmed).to.deep.equal(accounts);
      expect(read.body.findings.filter(({ severity }) => severity === "error")).to.deep.equal([]);
      expect(read.body.accepted).to.equal(true);
      criteria = read.body.document;
    });

    it("are what a pool's spec takes", () => {
      const document = acceptedCriteria(criteria);
      const signers = [`0x${"11".repeat(20)}`];
      const spec = outcomeSpecSchema.parse({
        format: "guerdon/spec/1",
        title: document.title,
        template: "criteria",
        params: { format: "guerdon/judged/1", document, interviews: null, senders: [], repeats: 1 },
        criteria: specCriteria(document.criteria),
        payment: { metered: false, curve: [], fullPayBar: 0, defaultRate: 5_000 },
        oracle: { signers, threshold: 1, intake: signers[0] },
        roster: [{ id: "hall-1", name: "The hall", account: `0x${"22".repeat(20)}`, weight: 1 }],
      });
      expect(spec.criteria).to.have.length(6);
    });

    it("are asked for again at no cost where nothing changed, and void confirmations where the criteria did", async () => {
      const { ask, tokenOf, api } = served;
      const organiser = await tokenOf(ORGANISER);
      for (const what of ["draft", "criteria"]) {
        const { headers } = await ask(organiser, "GET", `${path}/${what}`);
        expect(headers.get("cache-control")).to.equal("private, no-cache");
        expect(headers.get("vary")).to.contain("Authorization");
        const known = { "if-none-match": headers.get("etag")! };
        expect((await api.ask(`${path}/${what}`, { token: organiser, headers: known })).status).to.equal(304);
      }
      const again = edited(draft.record.draft!);
      const same = await ask<CriteriaShown>(organiser, "PUT", `${path}/criteria`, again);
      expect(same.body.confirmed).to.have.length(2);
      const other = await ask<CriteriaShown>(organiser, "PUT", `${path}/criteria`, { ...again, title: "Another" });
      expect(other.body).to.deep.include({ confirmed: [], accepted: false });
    });

    it("show nothing of what is said in the store or the log", async () => {
      const { api } = served;
      const entries = await api.store.list("interviews/", { limit: 10_000 });
      const kept = entries.map(({ key, value }) => `${key} ${value}`).join("\n");
      const lines = JSON.stringify(api.lines);
      for (const word of ["neighbour", "Being welcomed", "being-welcomed", "PAUSES", "wiser", link.token.slice(-43)]) {
        expect(kept, word).not.to.contain(word);
        expect(lines, word).not.to.contain(word);
      }
      expect(api.lines.filter(({ level }) => level !== "info")).to.deep.equal([]);
    });
  });
}

describe("Values over HTTP", () => {
  let served: ServedInterviews;
  beforeEach(async () => {
    served = await serveInterviews();
  });
  afterEach(() => served.close());

  it("are refused where they cannot be carried out as they stand", async () => {
    const { ask, tokenOf } = served;
    const token = await tokenOf(ORGANISER);
    const now = served.api.now();
    for (const [changes, field] of [
      [{ languages: ["en", "fr"], subject: { en: "x", fr: "y" } }, "body.languages"],
      [{ subject: { de: "x" } }, "body.subject"],
      [{ languages: [], subject: {} }, "body.languages"],
      [{ title: "" }, "body.title"],
      [{ buyers: [] }, "body.buyers"],
      [{ buyers: [ANNA.address, ANNA.address.toLowerCase()] }, "body.buyers"],
      [{ buyers: Array.from({ length: 201 }, (_, i) => `0x${String(i).padStart(40, "0")}`) }, "body.buyers"],
      [{ buyers: ["anna"] }, "body.buyers.0"],
      [{ closesAt: new Date(now).toISOString() }, "body.closesAt"],
      [{ closesAt: new Date(now + 367 * DAY).toISOString() }, "body.closesAt"],
      [{ closesAt: "soon" }, "body.closesAt"],
    ] as const) {
      const refused = await ask<Problem>(token, "POST", "/v1/values", request(changes));
      expect(typeOf(refused), field).to.equal("400 invalid");
      expect(refused.body.errors[0]!.field).to.equal(field);
    }
    expect(typeOf(await ask(token, "GET", `/v1/values/${"0".repeat(32)}`))).to.equal("404 not-found");
    expect(typeOf(await ask(token, "GET", "/v1/values/x"))).to.equal("400 invalid");
  });

  it("are so many for an account, counted until they are closed, also where they are asked for at once", async () => {
    const { ask, tokenOf } = served;
    const token = await tokenOf(ORGANISER);
    const made = await Promise.all(
      Array.from({ length: MOST_OPEN + 3 }, () => ask<{ id: string }>(token, "POST", "/v1/values", request())),
    );
    const ids = made.flatMap(({ status, body }) => (status === 201 ? [body.id] : []));
    expect(new Set(ids).size).to.equal(MOST_OPEN);
    for (const other of made.filter(({ status }) => status !== 201)) {
      expect(typeOf(other)).to.equal("409 too-many-values");
    }
    expect((await ask(await tokenOf(STRANGER), "POST", "/v1/values", request())).status).to.equal(201);
    await ask(token, "POST", `/v1/values/${ids[0]}/voting`);
    expect(typeOf(await ask(token, "POST", "/v1/values", request()))).to.equal("409 too-many-values");
    expect((await ask(token, "POST", `/v1/values/${ids[0]}/close`)).status).to.equal(200);
    expect((await ask(token, "POST", "/v1/values", request())).status).to.equal(201);
  });

  it("are voted on when the time of their interviews is over, which then take no answer", async () => {
    const { ask, tokenOf, api } = served;
    const path = await openValues(served, { closesAt: new Date(api.now() + 60_000).toISOString() });
    await collect(served, path, [TOLD.welcome]);
    const open = await linkOf(served, path, BEN);
    await tell(served, open, TOLD.quiet, "story");
    api.pass(60_000);
    const answers = `/v1/interviews/${open.id}/answers`;
    expect(typeOf(await ask(open.token, "POST", answers, { step: "story", reply: null }))).to.equal(
      "409 interviews-ended",
    );
    const { body } = await ask<ValuesShown>(await tokenOf(CLEO), "GET", path);
    expect(body.state).to.equal("voting");
    expect(body.cards!.map(({ title }) => title)).to.deep.equal([TOLD.welcome.title]);
    expect(typeOf(await ask(await tokenOf(CLEO), "POST", `${path}/interviews`))).to.equal("409 interviews-ended");
    expect((await ask(await tokenOf(CLEO), "POST", `${path}/votes`, vote([body.cards![0]!.id]))).status).to.equal(204);
    expect((await ask(await tokenOf(ORGANISER), "POST", `${path}/close`)).status).to.equal(200);
  });

  it("come to no draft where no card is accepted, and say so", async () => {
    const { ask, tokenOf } = served;
    const path = await openValues(served);
    await collect(served, path, [TOLD.welcome]);
    const organiser = await tokenOf(ORGANISER);
    await ask(organiser, "POST", `${path}/voting`);
    const closed = await ask<DraftShown>(organiser, "POST", `${path}/close`);
    expect(closed.status).to.equal(200);
    expect(closed.body.record.draft).to.equal(null);
    expect(closed.body.record.standings).to.have.length(1);
    expect(closed.body.findings).to.deep.equal([]);
  });

  it("make no card of an interview that names too little, and none of one that is declined", async () => {
    const { ask, tokenOf } = served;
    const path = await openValues(served);
    await collect(served, path, [{ ...TOLD.welcome, attended: TOLD.welcome.attended.slice(0, 2) }]);
    const declined = await linkOf(served, path, BEN);
    await ask(declined.token, "POST", `/v1/interviews/${declined.id}/consent`, { agree: false });
    const { body } = await ask<ValuesShown>(await tokenOf(ORGANISER), "POST", `${path}/voting`);
    expect(body.cards).to.deep.equal([]);
    expect(body.interviews).to.include({ completed: 1, declined: 1 });
  });

  it("keep every card or none, whenever somebody withdraws while the vote is closed", async () => {
    const { ask, tokenOf } = served;
    for (let round = 0; round < 3; round++) {
      const path = await openValues(served);
      await collect(served, path, [TOLD.welcome, TOLD.quiet]);
      const organiser = await tokenOf(ORGANISER);
      const { cards } = (await ask<ValuesShown>(organiser, "POST", `${path}/voting`)).body;
      const ballot = vote(cards!.map(({ id }) => id));
      const mine = await linkOf(served, path, ANNA);
      const ben = await tokenOf(BEN);
      const [, left, closed] = await Promise.all([
        ask(ben, "POST", `${path}/votes`, ballot),
        ask(mine.token, "DELETE", `/v1/interviews/${mine.id}`),
        ask<DraftShown>(organiser, "POST", `${path}/close`),
      ]);
      expect([left.status, closed.status]).to.deep.equal([204, 200]);
      const after = await ask<DraftShown>(organiser, "GET", `${path}/draft`);
      expect(after.body).to.deep.equal(closed.body);
      const shown = (await ask<ValuesShown>(organiser, "GET", path)).body.cards!;
      expect(shown.map(({ id }) => id)).to.deep.equal(after.body.record.cards.map(({ id }) => id));
    }
  });

  it("describe every route they have", () => {
    const app = valuesApp(served.interviewer.values);
    const { paths } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } });
    const described = Object.entries(paths ?? {}).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${at.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].sort())
      .to.deep.equal(described.sort())
      .and.to.have.length(10);
  });
});
