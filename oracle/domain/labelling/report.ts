import type { Hex } from "viem";
import { InputError } from "../errors.ts";
import type { Answer, JudgedCriterion } from "../judgement/unit.ts";
import { agreement, type Agreement } from "../statistics/agreement.ts";
import { calibrationError, type CalibrationError, type Checked } from "../statistics/calibration.ts";
import { krippendorffAlpha, type Alpha } from "../statistics/krippendorff.ts";
import type { Level } from "../statistics/level.ts";
import { mean } from "../statistics/numbers.ts";
import { correctedMean, type CorrectedMean } from "../statistics/prediction-powered.ts";
import { fitCalibration, type Calibration } from "../statistics/recalibrate.ts";
import { drawUnits, labelKey, type Labels, type LabelUnit } from "./sheet.ts";

/** How far a judge and people agree. */
export interface JudgeReport {
  /** `joint`: what most nodes say; else a node, or a node's judge. */
  readonly judge: string;
  /** Over all three answers. */
  readonly agreement: Agreement;
  readonly alpha: Alpha;
  /** Of questions the judge answered met or not met: how sure it was beside how often it was right; `null` of none. */
  readonly calibration: CalibrationError | null;
  /** The line that corrects how sure it is; `null` with too few labels. */
  readonly corrected: Calibration | null;
}

/** What a mean of scores comes to once people's labels have corrected it; 0 to 1. */
export interface CorrectedReport {
  readonly criterion: string;
  /** Id in the roster; `null` for all together. */
  readonly provider: string | null;
  /** Of the judges alone; `null` where they scored nothing. */
  readonly judged: number | null;
  readonly corrected: CorrectedMean;
}

/** What labels say of judges. */
export interface LabelReport {
  readonly labellers: readonly { readonly name: string; readonly answers: number }[];
  /** Between people; `null` where one alone labelled. */
  readonly people: Alpha | null;
  /** Questions on which more than half of those who answered agree, and on which none do. */
  readonly questions: { readonly agreed: number; readonly split: number };
  /** Whether what was labelled is the random slice; `null` where the seed is not given. Else corrected means can be wrong. */
  readonly slice: { readonly drawn: number; readonly missing: number; readonly beyond: number } | null;
  readonly judges: readonly JudgeReport[];
  readonly means: readonly CorrectedReport[];
}

/** How a report is made. */
export interface LabelOptions {
  /** One-sided; 0.975 gives two-sided intervals of 95%. */
  readonly level: Level;
  /** By which the sheet was drawn. */
  readonly draw?: { readonly seed: Hex; readonly shareBps: number };
}

/**
 * Compares what people answered with what judges did. What people say is what more than half of them do.
 * @param units all that can be read, labelled or not
 * @throws InputError for labels of a unit or question that is not among them
 */
export function labelReport(
  units: readonly LabelUnit[],
  sheets: readonly Labels[],
  { level, draw }: LabelOptions,
): LabelReport {
  const questions = questionsOf(units);
  checkKnown(questions, sheets);
  const asked = [...questions.keys()].filter((key) => sheets.some(({ answers }) => answers.has(key)));
  const truth = new Map(asked.map((key) => [key, mostSay(sheets.flatMap(({ answers }) => answers.get(key) ?? []))]));
  const agreed = [...truth.values()].filter((answer) => answer !== null).length;
  return {
    labellers: sheets.map(({ name, answers }) => ({ name, answers: answers.size })),
    people:
      sheets.length < 2 ? null : alphaOf(asked.map((key) => sheets.map(({ answers }) => answers.get(key) ?? null))),
    questions: { agreed, split: truth.size - agreed },
    slice: draw === undefined ? null : sliceOf(units, sheets, draw),
    judges: judgesOf(units).map(({ judge, say }) => judgeReport(judge, asked, truth, say)),
    means: meansOf(units, truth, level),
  };
}

interface Asked {
  readonly unit: LabelUnit;
  readonly question: string;
}

function questionsOf(units: readonly LabelUnit[]): Map<string, Asked> {
  return new Map(
    units.flatMap((unit) =>
      unit.unit.placed!.unit.criterion.questions.map(
        ({ id }) => [labelKey(unit.id, id), { unit, question: id }] as const,
      ),
    ),
  );
}

function checkKnown(questions: ReadonlyMap<string, Asked>, sheets: readonly Labels[]): void {
  for (const { name, answers } of sheets) {
    const strange = [...answers.keys()].find((key) => !questions.has(key));
    if (strange === undefined) continue;
    throw new InputError("nothing that can be read here", {
      file: name,
      field: "unit",
      value: strange,
      limit: "a unit and question of this season; those of private evidence need what is private",
    });
  }
}

function mostSay(answers: readonly Answer[]): Answer | null {
  return answers.find((one) => answers.filter((other) => other === one).length * 2 > answers.length) ?? null;
}

/** What a judge says to a question, and how sure it is: 0 to 1. */
type Say = (key: string) => { readonly answer: Answer; readonly confidence: number } | null;

function judgesOf(units: readonly LabelUnit[]): { judge: string; say: Say }[] {
  const questions = questionsOf(units);
  const about = (key: string): Asked => questions.get(key)!;
  const joint: Say = (key) => {
    const { unit, question } = about(key);
    const said = unit.unit.nodes.flatMap(({ found, whole }) => (whole ? (found.answers.get(question) ?? []) : []));
    return shareOf(unit.unit.joint.answers.get(question), said);
  };
  const names = new Map<string, Set<string>>();
  for (const { node, judges } of units.flatMap(({ unit }) => unit.nodes)) {
    const families = names.get(node) ?? new Set();
    names.set(node, families);
    for (const { family } of judges) families.add(family);
  }
  const byNode = [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, families]) => {
      const of = (key: string) => about(key).unit.unit.nodes.find((one) => one.node === node);
      const ruling = (key: string, family: string): Answer[] => {
        const { question } = about(key);
        const judge = of(key)?.judges.find((one) => one.family === family);
        return judge?.verdict.rulings?.flatMap((one) => (one.question === question ? [one.answer] : [])) ?? [];
      };
      const all = [...families].sort();
      const node_ = {
        judge: node,
        say: (key: string) => {
          const found = of(key);
          const answer = found?.whole === true ? found.found.answers.get(about(key).question) : undefined;
          return shareOf(
            answer,
            all.flatMap((family) => ruling(key, family)),
          );
        },
      };
      if (all.length < 2) return [node_];
      const alone = all.map((family) => ({
        judge: `${node} ${family}`,
        say: (key: string) => shareOf(ruling(key, family)[0], ruling(key, family)),
      }));
      return [node_, ...alone];
    });
  return [{ judge: "joint", say: joint }, ...byNode];
}

function shareOf(answer: Answer | undefined, said: readonly Answer[]): ReturnType<Say> {
  if (answer === undefined) return null;
  const same = said.filter((one) => one === answer).length;
  return { answer, confidence: said.length === 0 ? 1 : same / said.length };
}

function judgeReport(
  judge: string,
  asked: readonly string[],
  truth: ReadonlyMap<string, Answer | null>,
  say: Say,
): JudgeReport {
  const pairs = asked.map((key) => ({ people: truth.get(key) ?? null, said: say(key) }));
  const checked = pairs.flatMap(({ people, said }): Checked[] => {
    if (people === null || said === null || said.answer === "insufficient") return [];
    return [{ confidence: said.confidence, correct: said.answer === people }];
  });
  return {
    judge,
    agreement: agreement(
      pairs.map(({ people }) => people),
      pairs.map(({ said }) => said?.answer ?? null),
    ),
    alpha: alphaOf(pairs.map(({ people, said }) => [people, said?.answer ?? null])),
    calibration: calibrationError(checked),
    corrected: fitCalibration(checked),
  };
}

const CODE: Readonly<Record<Answer, number>> = { met: 0, "not-met": 1, insufficient: 2 };

function alphaOf(rows: readonly (readonly (Answer | null)[])[]): Alpha {
  return krippendorffAlpha(
    rows.map((row) => row.map((answer) => (answer === null ? null : CODE[answer]))),
    "nominal",
  );
}

function sliceOf(
  units: readonly LabelUnit[],
  sheets: readonly Labels[],
  { seed, shareBps }: NonNullable<LabelOptions["draw"]>,
): NonNullable<LabelReport["slice"]> {
  const drawn = new Set(drawUnits(units, seed, shareBps).map(({ id }) => id));
  const answered = new Set(sheets.flatMap(({ answers }) => [...answers.keys()].map((key) => key.split(" ")[0]!)));
  return {
    drawn: drawn.size,
    missing: [...drawn].filter((id) => !answered.has(id)).length,
    beyond: [...answered].filter((id) => !drawn.has(id)).length,
  };
}

/** Under each criterion of all providers, then of each in the order of the roster. */
function meansOf(
  units: readonly LabelUnit[],
  truth: ReadonlyMap<string, Answer | null>,
  level: Level,
): CorrectedReport[] {
  const scored = units.flatMap((one) => {
    const { joint, criterion, provider } = one.unit;
    if (joint.score === null) return [];
    const label = labelOf(one, truth);
    if (label === "undecided") return [];
    return [{ criterion, provider: one.round.bundle.spec.roster[provider]!.id, judged: joint.score / 10_000, label }];
  });
  const criteria = [...new Set(scored.map(({ criterion }) => criterion))];
  const providers = [...new Set(units.flatMap(({ round }) => round.bundle.spec.roster.map(({ id }) => id)))];
  return criteria.flatMap((criterion) =>
    [null, ...providers].flatMap((provider): CorrectedReport[] => {
      const own = scored.filter(
        (one) => one.criterion === criterion && (provider === null || one.provider === provider),
      );
      if (own.length === 0) return [];
      const labelled = own.flatMap(({ judged, label }) => (label === null ? [] : [{ judged, label }]));
      const rest = own.filter(({ label }) => label === null).map(({ judged }) => judged);
      const corrected = correctedMean(rest, labelled, level);
      return [{ criterion, provider, judged: mean(own.map(({ judged }) => judged)), corrected }];
    }),
  );
}

/** A unit's score by people, as `verdictOf` has it; `null` where nobody labelled it, `undecided` where they cannot tell. */
function labelOf({ id, unit }: LabelUnit, truth: ReadonlyMap<string, Answer | null>): number | "undecided" | null {
  const { questions }: JudgedCriterion = unit.placed!.unit.criterion;
  const said = questions.map((question) => truth.get(labelKey(id, question.id)));
  if (said.every((answer) => answer === undefined)) return null;
  const answered = questions.flatMap(({ met }, i) => {
    const answer = said[i];
    return answer === "met" || answer === "not-met" ? [answer === (met === "good" ? "met" : "not-met")] : [];
  });
  if (answered.length * 2 < questions.length || answered.length === 0) return "undecided";
  return answered.filter(Boolean).length / answered.length;
}
