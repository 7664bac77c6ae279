import { expect } from "chai";
import fc from "fast-check";
import { answer, applied, ask, nextStep, openInterview, type Input } from "../../../oracle/domain/interview/engine.ts";
import { interviewLogSchema, type InterviewEvent } from "../../../oracle/domain/interview/events.ts";
import { logProblem } from "../../../oracle/domain/interview/replay.ts";
import type { Step } from "../../../oracle/domain/interview/steps.ts";
import { transcriptOf } from "../../../oracle/domain/interview/transcript.ts";
import { repair, SALT, values } from "./plans.ts";

/** What anybody may do, described without knowledge of the state: fitting and unfitting moves. */
type Move =
  | { readonly kind: "fit"; readonly pick: number; readonly text: string; readonly showFirst: boolean }
  | { readonly kind: "skip" | "again" | "withdraw" | "decline" | "consent" }
  | { readonly kind: "language"; readonly language: string }
  | { readonly kind: "stray"; readonly step: string; readonly text: string };

const MARK = "Zebra";
const texts = fc.constantFrom(
  `${MARK}.`,
  `On Monday ${MARK} came home with my sister and the mechanic told them what the noise in the car had been.`,
);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant("fit" as const), pick: fc.nat(20), text: texts, showFirst: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constantFrom<Move>({ kind: "skip" }, { kind: "again" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Move>(
      { kind: "consent" },
      { kind: "language", language: "de" },
      { kind: "language", language: "en" },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("stray" as const),
      step: fc.constantFrom("story", "negative", "probe/1/what", "pressure/what", "now", "card/3/confirm", "nonsense"),
      text: texts,
    }),
  },
);

/** The input a move comes to; `null` where there is nothing to do it to. */
function inputOf(move: Move, step: Step, last: Input | null, at: number): Input | null {
  switch (move.kind) {
    case "fit":
      if (step.kind === "consent") return { do: "consent", at };
      if (step.kind === "language")
        return { do: "language", language: String(step.options[move.pick % step.options.length]!.value), at };
      if (step.kind === "item")
        return {
          do: "answer",
          step: step.id,
          reply: { value: step.options[move.pick % step.options.length]!.value },
          at,
        };
      return { do: "answer", step: step.id, reply: { text: move.text }, at };
    case "skip":
      return { do: "skip", step: step.id, at };
    case "again":
      return last;
    case "stray":
      return { do: "answer", step: move.step, reply: { text: move.text }, at };
    case "language":
      return { do: "language", language: move.language, at };
    case "withdraw":
      return { do: "withdraw", salt: SALT, at };
    case "decline":
    case "consent":
      return { do: move.kind, at };
  }
}

describe("An interview under random moves", () => {
  const plans = [
    { plan: repair({ probes: 3 }), wave: "day-30" },
    { plan: repair(), wave: "before" },
    { plan: values(), wave: "values" },
  ];

  function run(
    which: number,
    moves: readonly Move[],
    each: (log: readonly InterviewEvent[], before: readonly InterviewEvent[]) => void,
  ) {
    const { plan, wave } = plans[which]!;
    const provider = plan.kind === "values" ? null : "g";
    let log = [openInterview(plan, { participant: "p", provider, wave, at: 0 })];
    let last: Input | null = null;
    moves.forEach((made, i) => {
      const step = nextStep(plan, log);
      if (made.kind === "fit" && made.showFirst) log = applied(log, ask(plan, log, { step: step.id, at: i }));
      const input = inputOf(made, step, last, i);
      if (input === null) return;
      const before = log;
      const outcome = answer(plan, log, input);
      log = applied(log, outcome);
      if (outcome.ok && input.do !== "withdraw") last = input;
      // What was taken once changes nothing when it comes again.
      if (outcome.ok) expect(applied(log, answer(plan, log, input))).to.deep.equal(log);
      else expect(log).to.deep.equal(before);
      each(log, before);
    });
    return { plan, log };
  }

  it("is never stuck or ill: what is fitting is always taken, and leads to the end", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.array(move, { maxLength: 25 }), (which, moves) => {
        const { plan, log: reached } = run(which, moves, () => undefined);
        let log = reached;
        let left = 60;
        for (let step = nextStep(plan, log); step.kind !== "end"; step = nextStep(plan, log)) {
          const fit = inputOf({ kind: "fit", pick: left, text: `${MARK}.`, showFirst: false }, step, null, 100)!;
          const outcome = answer(plan, log, fit);
          expect(outcome.ok, `${step.id} ${JSON.stringify(outcome)}`).to.equal(true);
          log = applied(log, outcome);
          expect(--left, "it goes on and on").to.be.greaterThan(0);
        }
        expect(logProblem(plan, log)).to.equal(null);
        expect(interviewLogSchema.safeParse(log).success).to.equal(true);
        const answered = log.flatMap((event) =>
          event.type === "answered" || event.type === "skipped" ? [event.step] : [],
        );
        expect(new Set(answered).size).to.equal(answered.length);
        const { transcript } = transcriptOf(plan, log);
        expect(transcript.complete).to.equal(true);
        expect(transcript.turns.map((turn) => turn.step)).to.deep.equal(answered);
      }),
      { numRuns: 35 },
    );
  });

  it("only ever adds to its log", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.array(move, { maxLength: 25 }), (which, moves) => {
        run(which, moves, (log, before) => expect(log.slice(0, before.length)).to.deep.equal(before));
      }),
      { numRuns: 40 },
    );
  });

  it("leaves no word of what was said where somebody withdraws, and no more than a refusal where they decline", () => {
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.array(move, { maxLength: 25 }),
        fc.constantFrom<Move>({ kind: "withdraw" }, { kind: "decline" }),
        (which, moves, end) => {
          const first: Move[] = end.kind === "decline" ? [] : moves;
          const { log } = run(which, [...first, end, ...moves], () => undefined);
          expect(log.map(({ type }) => type)).to.deep.equal([
            "opened",
            end.kind === "decline" ? "declined" : "withdrawn",
          ]);
          expect(JSON.stringify(log)).not.to.contain(MARK);
        },
      ),
      { numRuns: 40 },
    );
  });
});
