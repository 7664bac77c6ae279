import { expect } from "chai";
import fc from "fast-check";
import { canonicalHash, documentBytes, readDocument } from "../../../oracle/domain/canonical.ts";
import { judgeView, traceQuote } from "../../../oracle/domain/interview/judge-view.ts";
import { transcriptOf, transcriptSchema, type Transcript } from "../../../oracle/domain/interview/transcript.ts";
import { valuesDraft } from "../../../oracle/domain/interview/values-card.ts";
import { faultOf } from "../fault.ts";
import { begin, give, repair, SALT, STORY, values, walk } from "./plans.ts";

function told(texts: Readonly<Record<string, string>>): Transcript {
  const turns = Object.entries(texts).map(([step, text]) => {
    return { step, kind: "open" as const, language: "en", asked: "?", by: "catalogue" as const, reply: { text } };
  });
  const chat = begin(repair(), "day-30");
  walk(chat, {}, "story");
  return { ...transcriptOf(chat.plan, chat.log).transcript, turns };
}

describe("A transcript", () => {
  it("holds every turn as shown and told, scores, ratings, and what the code finds", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: STORY, "item/ons4/happy": null, then: 3, pressure: "no", negative: null });
    const { transcript, hash } = transcriptOf(chat.plan, chat.log);
    expect(transcript).to.include({
      participant: "p1",
      provider: "garage-7",
      wave: "day-30",
      language: "en",
      complete: true,
      pressure: false,
    });
    expect(transcript.ratings).to.deep.equal({ now: 7, then: 3 });
    expect(transcript.concrete).to.deep.equal({ what: true, when: true, where: true, who: true });
    const [ons4, goals] = transcript.scores;
    expect(ons4!.answers).to.deep.equal({ satisfied: 7, worthwhile: 7, happy: null, anxious: 7 });
    expect(ons4!.scales.map(({ value }) => value)).to.deep.equal([7, 7, null, 7]);
    expect(goals!.scales.at(-1)).to.deep.equal({ scale: "attainment", value: 14, answered: 2, of: 2 });
    const turn = transcript.turns.find(({ step }) => step === "story")!;
    expect(turn).to.deep.include({ kind: "open", by: "catalogue", reply: { text: STORY } });
    expect(turn.asked).to.contain("in your own words");
    expect(transcript.turns.find(({ step }) => step === "negative")!.reply).to.equal(null);
    expect(hash).to.equal(canonicalHash(transcript));
    expect(readDocument("t.json", documentBytes(transcript), transcriptSchema)).to.deep.equal(transcript);
  });

  it("before the service has no outcome", () => {
    const chat = begin(repair(), "before");
    walk(chat);
    const { scores, ratings, pressure, concrete } = transcriptOf(chat.plan, chat.log).transcript;
    expect(scores.map(({ instrument }) => instrument)).to.deep.equal(["ons4"]);
    expect({ ratings, pressure, concrete }).to.deep.equal({
      ratings: { now: 7, then: null },
      pressure: null,
      concrete: null,
    });
  });

  it("of an interview under way says so; pressure that was reported stands in it", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: STORY, pressure: "yes" }, "pressure/what");
    expect(transcriptOf(chat.plan, chat.log).transcript).to.include({ complete: false, pressure: true });
  });

  it("judges each text by the language it was told in", () => {
    const chat = begin(repair({ probes: 1 }), "day-30");
    walk(chat, { story: "It runs." }, "probe/1/what");
    give(chat, { do: "language", language: "de", at: 3000 });
    walk(chat, { "probe/1/what": "Gestern in der Werkstatt hat die Mechanikerin alles geprüft.", detail: null });
    const { transcript } = transcriptOf(chat.plan, chat.log);
    expect(transcript.turns.find(({ step }) => step === "story")!.language).to.equal("en");
    expect(transcript.turns.find(({ step }) => step === "detail")!.language).to.equal("de");
    expect(transcript.concrete).to.deep.equal({ what: false, when: true, where: true, who: true });
  });

  it("is not made without consent, nor of what was withdrawn", () => {
    const chat = begin(repair(), "day-30");
    expect(faultOf(() => transcriptOf(chat.plan, chat.log)).fault).to.include({ value: "no consent" });
    walk(chat, { story: STORY });
    give(chat, { do: "withdraw", salt: SALT, at: 9000 });
    expect(faultOf(() => transcriptOf(chat.plan, chat.log)).fault).to.include({ value: "withdrawn" });
  });
});

describe("What a judge may see", () => {
  const names = { provider: ["Miller Motors", "Miller", "ミラー"], people: ["Ann"] };

  it("is texts and ids of questions, with no name of the provider or of people and no contact", () => {
    const { view } = judgeView(
      told({
        story:
          "MILLER   Motors did it. Miller's bill, Millers Auto; millerite stays. Ann called +49 30 1234567. ミラーさん.",
        negative: "See www.miller-motors.example or mail ann@miller.example, on Monday 12.5.",
      }),
      names,
    );
    expect(view).to.deep.equal({
      format: "guerdon/judge-view/1",
      turns: [
        {
          question: "story",
          text: "[provider] did it. [provider] bill, [provider] Auto; millerite stays. [person] called [contact]. [provider]さん.",
        },
        { question: "negative", text: "See [contact] or mail [contact], on Monday 12.5." },
      ],
    });
  });

  it("leaves out what was chosen or skipped, the pseudonym and the wave", () => {
    const chat = begin(repair(), "day-30");
    walk(chat, { story: STORY, negative: null, pressure: "no" });
    const { view } = judgeView(transcriptOf(chat.plan, chat.log).transcript, { provider: [], people: [] });
    expect(view.turns.map(({ question }) => question)).to.deep.equal(["story", "counterfactual", "detail"]);
    expect(JSON.stringify(view)).not.to.match(/garage-7|p1|day-30/);
  });

  it("gives a quote back in the transcript's words, placeholders and all", () => {
    const text = "So Miller Motors fixed the brakes and Ann paid.";
    const { view, map } = judgeView(told({ story: text }), names);
    const trace = (quote: string, question = "story") => traceQuote(view, map, { question, text: quote })?.text ?? null;
    expect(view.turns[0]!.text).to.equal("So [provider] fixed the brakes and [person] paid.");
    expect(trace("fixed the brakes")).to.equal("fixed the brakes");
    expect(trace("[provider] fixed")).to.equal("Miller Motors fixed");
    expect(trace("vider] fixed")).to.equal("Miller Motors fixed");
    expect(trace("So [prov")).to.equal("So Miller Motors");
    expect(trace("brakes and [person]")).to.equal("brakes and Ann");
    expect(trace(" paid.")).to.equal(" paid.");
    for (const quote of ["Miller Motors fixed", "Fixed the brakes", ""]) expect(trace(quote), quote).to.equal(null);
    expect(trace("fixed", "negative")).to.equal(null);
  });

  it("traces every stretch of every view to its source", () => {
    const part = fc.constantFrom("Miller", "Miller Motors", "Ann", "a ", "Straße ", " 💡", "x@y.example ", ". ");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), fc.nat(99), fc.nat(99), (parts, from, length) => {
        const source = parts.join(" ");
        const { view, map } = judgeView(told({ story: source }), names);
        const { text } = view.turns[0]!;
        expect(text).not.to.match(/miller|\bann\b|@/i);
        const start = from % text.length;
        const quote = text.slice(start, start + 1 + (length % 20));
        const found = traceQuote(view, map, { question: "story", text: quote })!;
        expect(source.slice(found.from, found.to)).to.equal(found.text);
        // The same words lead to the same view again, unless a placeholder was cut.
        const place = text.indexOf(quote);
        const inside = (offset: number): boolean =>
          [...text.matchAll(/\[\w+\]/g)].some(
            (match) => match.index < offset && offset < match.index + match[0].length,
          );
        const cut = inside(place) || inside(place + quote.length);
        const again = judgeView(told({ story: found.text }), names).view.turns[0]!.text;
        if (!cut) expect(again).to.equal(quote);
        expect(traceQuote(view, map, { question: "story", text })!.text).to.equal(source);
      }),
    );
  });

  it("takes names as they stand, whatever marks they have", () => {
    const odd = { provider: ["A.B. (Bikes) & Co", " ", ""], people: [] };
    expect(judgeView(told({ story: "At A.B. (Bikes) & Co, not AxB." }), odd).view.turns[0]!.text).to.equal(
      "At [provider], not AxB.",
    );
  });
});

describe("A values interview's draft", () => {
  const answers = {
    story: STORY,
    "attend/1": "Whether people sing along",
    "attend/1/sake": "itself",
    "attend/2": "How many tickets are sold",
    "attend/2/sake": "means",
    "attend/3": "Faces that light up",
    "attend/3/sake": "unsure",
    "attend/4": "What the mayor thinks",
    "attend/4/sake": "others",
    "attend/5": "Strangers who talk to each other",
    "attend/5/sake": null,
    "attend/6": null,
    "card/1/title": "Singing",
    "card/1/description": "People sing.",
    "card/1/confirm": "no",
    "card/2/title": "Singing together",
    "card/2/description": "People who hardly know each other sing.",
    "card/2/confirm": "yes",
  };

  it("keeps what matters in itself, in the person's words, and drops what is a means or for approval", () => {
    const chat = begin(values(), "values");
    const steps = walk(chat, answers);
    const draft = valuesDraft(chat.plan, chat.log)!;
    expect(draft).to.include({
      title: "Singing together",
      description: answers["card/2/description"],
      confirmed: true,
      usable: true,
      story: STORY,
    });
    expect(draft.attended.map(({ step, sake }) => [step, sake])).to.deep.equal([
      ["attend/1", "itself"],
      ["attend/3", "unsure"],
      ["attend/5", null],
    ]);
    expect(draft.dropped.map(({ text }) => text)).to.deep.equal(["How many tickets are sold", "What the mayor thinks"]);
    const confirm = steps.find(({ id }) => id === "card/2/confirm")!.text;
    expect(confirm).to.contain("Faces that light up").and.not.to.contain("mayor");
  });

  it("is not usable unconfirmed or with fewer than three things; there is none without words for it", () => {
    const draft = (changes: object) => {
      const chat = begin(values(), "values");
      walk(chat, { ...answers, "card/3/title": "T", "card/3/description": "D", "card/3/confirm": "no", ...changes });
      return valuesDraft(chat.plan, chat.log);
    };
    expect(draft({ "card/2/confirm": "no" })).to.include({ title: "T", confirmed: false, usable: false });
    expect(draft({ "attend/5": null })).to.include({ confirmed: true, usable: false });
    expect(draft({ "card/1/title": null })).to.equal(null);
    expect(draft({ "attend/1": null })).to.equal(null);
    expect(faultOf(() => valuesDraft(repair(), [])).fault.field).to.equal("kind");
  });

  it("takes at most seven things, and three attempts at words", () => {
    const chat = begin(values(), "values");
    const sakes = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((i) => [`attend/${i}/sake`, "itself"]));
    const steps = walk(chat, {
      story: STORY,
      ...sakes,
      "card/1/confirm": "no",
      "card/2/confirm": "no",
      "card/3/confirm": "no",
    });
    expect(steps.filter(({ id }) => /^attend\/\d$/.test(id))).to.have.length(7);
    expect(steps.filter(({ id }) => id.endsWith("confirm"))).to.have.length(3);
  });
});
