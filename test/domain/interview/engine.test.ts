import { expect } from "chai";
import { answer, applied, ask, nextStep, openInterview, type Input } from "../../../oracle/domain/interview/engine.ts";
import { interviewLogSchema } from "../../../oracle/domain/interview/events.ts";
import { logProblem } from "../../../oracle/domain/interview/replay.ts";
import type { Outcome } from "../../../oracle/domain/interview/refusal.ts";
import { faultOf } from "../fault.ts";
import { begin, give, ids, REPAIR, repair, SALT, STORY, values, walk, type Chat } from "./plans.ts";

/*
 * The branches of an interview:
 *   not consented: consent → goes on · decline → over, nothing kept but that · anything else → refused
 *   no language yet, several there: language → goes on · anything else → refused; one there: not asked
 *   the question that is next: fitting reply → next · skip → next · unfitting reply → refused, nothing changes
 *   a question before it: same reply → nothing · other reply → refused
 *   a question after it, or of another branch → refused
 *   story: lacks something → probes, at most the plan's number · lacks nothing → none · skipped → none
 *   pressure: yes → what was said · no, unsaid, skipped → end
 *   at any time after consent: other language → same question in it · withdraw → over, everything erased
 *   over: the same again → nothing · withdraw after the end → erased · anything else → refused
 */

const BODY = ["satisfied", "worthwhile", "happy", "anxious"].map((item) => `item/ons4/${item}`);
const GOALS = ["reached", "lasting", "effort"].map((item) => `item/goal-attainment/${item}`);

function refusal(outcome: Outcome): { code: string; field: string; value: string; limit: string } {
  if (outcome.ok) throw new Error("it was taken");
  return outcome.refusal;
}

const at = 5000;
const tried = (chat: Chat, input: Input) => refusal(answer(chat.plan, chat.log, input));

describe("An interview's course", () => {
  it("asks before the service for state and aim, and for no outcome", () => {
    const chat = begin(repair(), "before");
    expect(ids(walk(chat))).to.deep.equal(["consent", "language", ...BODY, "aim", "now", "end"]);
    expect(chat.log.at(-1)!.type).to.equal("completed");
  });

  it("asks after it, in order: state, story, what is worse, counterfactual, now and then, outcome, detail, pressure", () => {
    const tail = ["negative", "counterfactual", "now", "then", ...GOALS, "detail", "pressure"];
    for (const wave of ["day-30", "day-90", "paid"]) {
      const chat = begin(repair(), wave);
      const steps = walk(chat, { story: STORY, pressure: "no" });
      expect(ids(steps)).to.deep.equal(["consent", "language", ...BODY, "story", ...tail, "end"]);
      expect(logProblem(chat.plan, chat.log)).to.equal(null);
      expect(interviewLogSchema.parse(chat.log)).to.deep.equal(chat.log);
    }
  });

  it("uses the same words for the same question in every wave, language by language", () => {
    for (const language of ["en", "de"]) {
      const words = new Map<string, string>();
      for (const wave of ["before", "day-30", "day-90", "paid"]) {
        const chat = begin(repair({ languages: [language], subject: { [language]: "X" } }), wave);
        for (const step of walk(chat, { story: STORY })) {
          const shown = JSON.stringify([step.text, "options" in step ? step.options : null]);
          expect(words.get(step.id) ?? shown, step.id).to.equal(shown);
          words.set(step.id, shown);
        }
      }
      expect(BODY.every((id) => words.has(id))).to.equal(true);
    }
  });

  it("probes a short story for what it lacks, at most as often as the plan says, and takes a model's wording only there", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: "It runs." }, "probe/1/what");
    const probe = nextStep(chat.plan, chat.log);
    expect(probe.kind === "probe" && [probe.wording, probe.phrasing.said]).to.deep.equal(["free", ["It runs."]]);
    const shown = { at, step: "probe/1/what", phrased: "You said it runs: what happened at the garage?" };
    chat.log = applied(chat.log, ask(chat.plan, chat.log, shown));
    expect(nextStep(chat.plan, chat.log).text).to.equal(shown.phrased);
    expect(ask(chat.plan, chat.log, { ...shown, phrased: "Something else?" })).to.deep.equal({
      ok: true,
      events: [],
      erase: [],
    });
    give(chat, { do: "answer", step: "probe/1/what", reply: { text: "Nothing." }, at });
    // Still no twelve words, but that was asked; when comes next in order.
    expect(nextStep(chat.plan, chat.log).id).to.equal("probe/2/when");
    give(chat, { do: "skip", step: "probe/2/when", at });
    expect(nextStep(chat.plan, chat.log).id).to.equal("negative");
    expect(refusal(ask(chat.plan, chat.log, { at, step: "negative", phrased: "What got worse?" })).code).to.equal(
      "bad-phrasing",
    );
    expect(logProblem(chat.plan, chat.log)).to.equal(null);
  });

  it("asks for no probe where the story was skipped, or the plan has none", () => {
    const skipped = begin(repair(), "day-30");
    expect(ids(walk(skipped, { story: null })).some((id) => id.startsWith("probe"))).to.equal(false);
    const none = begin(repair({ probes: 0 }), "day-30");
    expect(ids(walk(none, { story: "It runs." })).some((id) => id.startsWith("probe"))).to.equal(false);
  });

  it("asks what was said where somebody was put under pressure", () => {
    for (const [said, more] of [
      ["yes", true],
      ["no", false],
      ["unsaid", false],
      [null, false],
    ] as const) {
      const steps = ids(walk(begin(repair(), "paid"), { story: STORY, pressure: said }));
      expect(steps.includes("pressure/what"), String(said)).to.equal(more);
    }
  });

  it("goes through where every question is skipped", () => {
    const chat = begin(repair(), "day-30");
    const all = Object.fromEntries(
      [...BODY, ...GOALS, "story", "negative", "counterfactual", "now", "then", "detail", "pressure"].map((id) => [
        id,
        null,
      ]),
    );
    expect(ids(walk(chat, all)).at(-1)).to.equal("end");
    expect(chat.log.filter(({ type }) => type === "skipped")).to.have.length(14);
  });

  it("can be taken up anywhere: the step depends on the log alone", () => {
    const chat = begin(repair(), "day-30");
    for (const until of ["language", "item/ons4/happy", "story", "then", "pressure"]) {
      walk(chat, { story: STORY }, until);
      const copy = JSON.parse(JSON.stringify(chat.log));
      expect(nextStep(chat.plan, copy)).to.deep.equal(nextStep(chat.plan, chat.log));
      expect(nextStep(chat.plan, copy).id).to.equal(until);
    }
  });

  it("runs a values interview over the same steps", () => {
    const chat = begin(values(), "values");
    const steps = ids(walk(chat, { story: STORY, "attend/1/sake": "itself", "attend/2": null }));
    expect(steps).to.deep.equal([
      "consent",
      "story",
      "attend/1",
      "attend/1/sake",
      "attend/2",
      "card/1/title",
      "card/1/description",
      "card/1/confirm",
      "end",
    ]);
    expect(logProblem(chat.plan, chat.log)).to.equal(null);
  });
});

describe("Consent and language", () => {
  it("come first: nothing else is taken before", () => {
    const chat = begin(repair(), "day-30");
    const skip: Input = { do: "skip", step: "story", at };
    expect(tried(chat, skip).code).to.equal("consent-first");
    expect(tried(chat, { do: "language", language: "en", at }).code).to.equal("consent-first");
    give(chat, { do: "consent", at });
    expect(tried(chat, skip)).to.include({ code: "language-first", limit: "en, de" });
    expect(tried(chat, { do: "language", language: "fr", at })).to.include({
      code: "no-such-answer",
      value: "fr",
      limit: "en, de",
    });
  });

  it("show what is agreed to in every language of the plan, about its subject", () => {
    const step = nextStep(repair(), begin(repair(), "day-30").log);
    expect(step.kind === "consent" && Object.keys(step.texts)).to.deep.equal(["en", "de"]);
    expect(step.kind === "consent" && step.texts["de"]!.text).to.contain("Es geht um: die Reparatur Ihres Autos.");
    const price = repair({ subject: { en: "a $& price", de: "x" } });
    expect(nextStep(price, begin(price, "day-30").log).text).to.contain("This is about: a $& price.");
  });

  it("end it where they are refused, with nothing kept but that", () => {
    const chat = begin(repair(), "day-30");
    give(chat, { do: "decline", at });
    expect(chat.log.map(({ type }) => type)).to.deep.equal(["opened", "declined"]);
    expect(nextStep(chat.plan, chat.log)).to.include({ kind: "end", reason: "declined" });
    expect(answer(chat.plan, chat.log, { do: "decline", at })).to.deep.equal({ ok: true, events: [], erase: [] });
    for (const input of [
      { do: "consent", at },
      { do: "withdraw", salt: SALT, at },
      { do: "skip", step: "story", at },
    ] as const) {
      expect(tried(chat, input).code).to.equal("over");
    }
  });

  it("cannot be refused once given, only withdrawn", () => {
    const chat = begin(repair(), "day-30");
    give(chat, { do: "consent", at });
    expect(tried(chat, { do: "decline", at })).to.include({ code: "already-answered", limit: "withdraw" });
    expect(answer(chat.plan, chat.log, { do: "consent", at })).to.deep.equal({ ok: true, events: [], erase: [] });
  });

  it("take another language at any time, keep what was answered, and not for ever", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: "It runs." }, "probe/2/when");
    give(chat, { do: "language", language: "de", at });
    expect(nextStep(chat.plan, chat.log)).to.include({ id: "probe/2/when", language: "de", text: "Wann war das?" });
    for (let i = 0; i < 18; i++) give(chat, { do: "language", language: i % 2 === 0 ? "en" : "de", at });
    expect(tried(chat, { do: "language", language: "en", at })).to.include({
      code: "too-many",
      limit: "at most 20 choices",
    });
    give(chat, { do: "skip", step: "probe/2/when", at });
    expect(logProblem(chat.plan, chat.log)).to.equal(null);
  });
});

describe("A change of language", () => {
  it("keeps a probe that was answered, where the other language's rules would have asked for something else", () => {
    const chat = begin(repair(), "day-30");
    const story = "Yesterday the mechanic told them what the noise in the car had really been.";
    walk(chat, { story }, "probe/1/where");
    give(chat, { do: "answer", step: "probe/1/where", reply: { text: "No idea." }, at });
    give(chat, { do: "language", language: "de", at });
    expect(nextStep(chat.plan, chat.log).id).to.equal("probe/2/when");
    expect(logProblem(chat.plan, chat.log)).to.equal(null);
  });
});

describe("An answer", () => {
  it("counts once, however often it comes, and cannot be changed", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: `  ${STORY}\u200b ` }, "negative");
    const again: Input = { do: "answer", step: "story", reply: { text: STORY }, at: 1 };
    expect(answer(chat.plan, chat.log, again)).to.deep.equal({ ok: true, events: [], erase: [] });
    expect(tried(chat, { ...again, reply: { text: "Other." } })).to.include({
      code: "already-answered",
      field: "step",
      value: "story",
    });
    expect(tried(chat, { do: "skip", step: "story", at }).code).to.equal("already-answered");
  });

  it("is refused out of order, of another branch, of another kind, beyond its bounds, or back in time", () => {
    const chat = begin(repair(), "day-30");
    const tell = (step: string, text: string, when = at): Input => ({ do: "answer", step, reply: { text }, at: when });
    const pick = (step: string, value: number | string): Input => ({ do: "answer", step, reply: { value }, at });
    walk(chat, {}, "item/ons4/satisfied");
    expect(tried(chat, tell("story", STORY))).to.include({
      code: "out-of-order",
      value: "story",
      limit: "item/ons4/satisfied",
    });
    expect(tried(chat, tell("pressure/what", "x")).code).to.equal("out-of-order");
    expect(tried(chat, tell("item/ons4/satisfied", "seven"))).to.include({ code: "wrong-kind", field: "reply" });
    for (const value of [11, -1, 0.5, "7"]) {
      expect(tried(chat, pick("item/ons4/satisfied", value))).to.include({
        code: "no-such-answer",
        value: String(value),
      });
    }
    walk(chat, {}, "story");
    expect(tried(chat, pick("story", 1)).code).to.equal("wrong-kind");
    expect(tried(chat, tell("story", " \u200b\n")).code).to.equal("empty");
    expect(tried(chat, tell("story", "x".repeat(2001)))).to.include({
      code: "too-long",
      value: "2001",
      limit: "at most 2000 characters",
    });
    expect(tried(chat, tell("story", STORY, 1000))).to.include({ code: "bad-time", field: "at" });
    expect(tried(chat, tell("story", STORY, NaN)).code).to.equal("bad-time");
    give(chat, tell("story", "x".repeat(2000)));
  });

  it("is refused once the interview is over", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: STORY });
    expect(tried(chat, { do: "skip", step: "extra", at })).to.include({ code: "over", value: "completed" });
    expect(tried(chat, { do: "language", language: "de", at }).code).to.equal("over");
    expect(answer(chat.plan, chat.log, { do: "answer", step: "story", reply: { text: STORY }, at }).ok).to.equal(true);
  });
});

describe("A withdrawal", () => {
  for (const until of ["consent", "language", "story", "pressure", "end"]) {
    it(`at ${until} leaves that it happened and a salted hash, and no word`, () => {
      const chat = begin(repair(), "day-30");
      walk(chat, { story: STORY }, until);
      const before = chat.log;
      give(chat, { do: "withdraw", salt: SALT, at });
      expect(chat.log.map(({ type }) => type)).to.deep.equal(["opened", "withdrawn"]);
      expect(JSON.stringify(chat.log)).not.to.contain("workshop");
      expect(nextStep(chat.plan, chat.log)).to.include({ kind: "end", reason: "withdrawn" });
      const other = applied(before, answer(chat.plan, before, { do: "withdraw", salt: `0x${"5b".repeat(32)}`, at }));
      expect(other).not.to.deep.equal(chat.log);
      expect(interviewLogSchema.safeParse(chat.log).success).to.equal(true);
      expect(logProblem(chat.plan, chat.log)).to.equal(null);
      expect(answer(chat.plan, chat.log, { do: "withdraw", salt: SALT, at })).to.deep.equal({
        ok: true,
        events: [],
        erase: [],
      });
      expect(tried(chat, { do: "skip", step: "story", at }).code).to.equal("over");
    });
  }

  it("needs a salt of 32 bytes, and a time that is not past", () => {
    const chat = begin(repair(), "day-30");
    expect(tried(chat, { do: "withdraw", salt: SALT, at: 999 })).to.include({ code: "bad-time", value: "999" });
    expect(faultOf(() => answer(chat.plan, chat.log, { do: "withdraw", salt: "0x5a", at })).fault.field).to.equal(
      "salt",
    );
  });
});

describe("A log", () => {
  it("is taken only with its own plan", () => {
    const chat = begin(repair(), "day-30");
    expect(faultOf(() => nextStep(repair({ title: "Other" }), chat.log)).fault.field).to.equal("planHash");
    expect(faultOf(() => nextStep(repair(), [])).fault.field).to.equal("events");
  });

  it("opens for a wave of the plan, a pseudonym, and a provider where there is an outcome", () => {
    const who = { participant: "p1", provider: "garage-7", wave: "day-30", at };
    expect(faultOf(() => openInterview(repair(), { ...who, wave: "day-31" })).fault).to.include({
      field: "wave",
      value: "day-31",
    });
    expect(faultOf(() => openInterview(repair(), { ...who, participant: "Ann Miller" })).fault.field).to.equal(
      "participant",
    );
    expect(faultOf(() => openInterview(repair(), { ...who, provider: null })).fault.field).to.equal("provider");
    expect(faultOf(() => openInterview(values(), { ...who, wave: "values" })).fault.field).to.equal("provider");
  });

  it("is ill where a word of a question, an answer, a time or an order was changed", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: STORY });
    const index = chat.log.findIndex((event) => event.type === "asked" && event.step === "negative");
    const changed = (change: object, place = index) =>
      chat.log.map((event, i) => (i === place ? { ...event, ...change } : event)) as Chat["log"];
    const logs = [
      changed({ text: "What got better?" }),
      changed({ by: "model" }),
      changed({ language: "de" }),
      changed({ seq: 7 }),
      changed({ at: 0 }),
      changed({ reply: { text: "" } }, index + 1),
      changed({ textHash: SALT }, 1),
      chat.log.filter((_, i) => i !== index + 1),
      chat.log.slice(0, -2).concat(chat.log.at(-1)!),
      [...chat.log.slice(0, 2), chat.log.at(-1)!],
      [...chat.log, chat.log.at(-1)!],
    ];
    for (const log of logs) expect(logProblem(chat.plan, log), JSON.stringify(log.at(index))).to.be.a("string");
    const gone = applied(chat.log, answer(chat.plan, chat.log, { do: "withdraw", salt: SALT, at }));
    expect(logProblem(chat.plan, [gone[0]!, chat.log[1]!, gone[1]!])).to.contain("something is left");
  });
});

describe("A plan", () => {
  const field = (changes: object): [string | undefined, string | undefined] => {
    const { fault } = faultOf(() => repair(changes));
    return [fault.field, fault.value];
  };

  it("names instruments that there are, with their items, in its languages, of the right version, once, under a fitting licence", () => {
    const named = (id: string, version = "1") => ({ instruments: [{ id, version }] });
    expect(field(named("nps"))).to.deep.equal(["instruments", "nps"]);
    expect(faultOf(() => repair(named("perma-profiler"))).message)
      .to.contain("items are not included")
      .and.to.contain("peggykern");
    expect(field(named("ons4", "2"))).to.deep.equal(["instruments", "2"]);
    expect(faultOf(() => repair(named("secure-flourish"))).message).to.contain("not available in de");
    expect(field({ instruments: [...REPAIR.instruments, REPAIR.instruments[0]] })).to.deep.equal([
      "instruments",
      "ons4",
    ]);
    const commercial = faultOf(() => repair({ ...named("who-5"), commercial: true }));
    expect(commercial.message).to.contain("forbids commercial use").and.to.contain("CC-BY-NC-SA-3.0-IGO");
    expect(repair(named("who-5")).instruments).to.have.length(1);
    expect(repair({ commercial: true }).commercial).to.equal(true);
  });

  it("has texts in its languages and a subject in each of them", () => {
    const only = (language: string) => ({ languages: [language], subject: { [language]: "x" }, instruments: [] });
    expect(field(only("fr"))).to.deep.equal(["languages", "fr"]);
    expect(field({ subject: { en: "x" } })[0]).to.equal("subject");
    expect(field({ languages: ["en", "de", "en"] })).to.deep.equal(["languages", "en"]);
  });

  it("has one baseline, follow-ups in ascending order, and one wave after payment, each with a name of its own", () => {
    const [before, first, second, paid] = REPAIR.waves;
    for (const waves of [
      [first, second, paid],
      [before, before, first, paid],
      [before, first, second],
      [before, paid, first],
      [before, first, { ...second, offsetDays: 30 }, paid],
      [before, first, { ...second, id: "day-30" }, paid],
      [before, first, { ...second, windowDays: 0 }, paid],
    ]) {
      expect(field({ waves })[0], JSON.stringify(waves)).to.match(/^waves/);
    }
  });

  it("keeps to its bounds, and has no property nobody knows", () => {
    for (const changes of [
      { maxAnswer: 8001 },
      { maxAnswer: 99 },
      { probes: 7 },
      { title: "" },
      { format: "x" },
      { asked: "providers" },
    ]) {
      expect(field(changes)[0]).to.equal(Object.keys(changes)[0]);
    }
    expect(() => repair({ extra: 1 })).to.throw("extra");
  });
});
