import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { AGREEMENT_NAMES, readAgreement, type Agreement } from "../../../oracle/domain/criteria/agreement.ts";
import { criteriaDocumentSchema } from "../../../oracle/domain/criteria/document.ts";
import { agreementFile, agreementNamed } from "../../../oracle/data/agreements/load.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { INSTRUMENTS } from "../../../oracle/domain/interview/instruments/index.ts";
import { lintJson } from "../../../oracle/domain/lint/lint.ts";
import { plainText } from "../../../oracle/domain/plain-text.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- documents are spoiled in ways their types forbid */

type Path = readonly (string | number)[];

const FOLDER = new URL("../../../oracle/data/agreements/", import.meta.url);
const raw = (name: string): Agreement => JSON.parse(readFileSync(agreementFile(name), "utf8")) as Agreement;
const errorsOf = (value: unknown) => lintJson(value).filter(({ severity }) => severity === "error");

describe("agreements that come with the project", () => {
  it("are the files there are", () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
    expect(files.sort()).to.deep.equal(AGREEMENT_NAMES.map((name) => `${name}.json`));
  });

  it("are loaded by name, and no other file is", async () => {
    expect(await agreementNamed("car-repair")).to.deep.equal(raw("car-repair"));
    for (const name of ["", "car", "../hospital", "__proto__"]) {
      const refused = await agreementNamed(name).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(InputError);
    }
  });

  it("are refused in another form, with the property named", () => {
    const { summary: _, ...rest } = raw("hospital");
    expect(() => readAgreement("x.json", JSON.stringify(rest))).to.throw(InputError, 'x.json, field "summary"');
    expect(() => readAgreement("x.json", "{")).to.throw(InputError, "not JSON");
    const falling = raw("hospital");
    falling.payment.curve.push({ x: 10, y: 20 }, { x: 20, y: 10 });
    expect(() => readAgreement("x.json", JSON.stringify(falling))).to.throw(InputError, 'field "payment.curve"');
  });

  for (const name of AGREEMENT_NAMES) {
    describe(name, () => {
      const agreement = raw(name);
      const { criteria, interviews } = agreement;

      it("has the form, its own name, and no empty or hidden text", () => {
        expect(readAgreement(name, JSON.stringify(agreement)).name).to.equal(name);
        expect(criteriaDocumentSchema.parse(criteria)).to.deep.equal(criteria);
        for (const path of pathsOf(agreement).filter((one) => typeof at(agreement, one) === "string")) {
          const text = at(agreement, path) as string;
          expect(text.trim() !== "" && plainText(text) === text, path.join(".")).to.equal(true);
        }
      });

      it("passes the linter without errors and without doubts about wording", () => {
        expect(errorsOf(criteria)).to.deep.equal([]);
        expect(lintJson(criteria).filter(({ rule }) => rule === "question")).to.deep.equal([]);
      });

      it("asks people in the order of the protocol, by instruments there are", () => {
        const asksPeople = criteria.criteria.some(({ sources }) =>
          sources.some(({ group }) => group === "participant"),
        );
        expect(interviews.waves.map(({ kind }) => kind).join(" ")).to.match(/^baseline( follow-up)+ after-payment$/);
        for (const id of interviews.instruments) expect([...INSTRUMENTS.keys()]).to.include(id);
        for (const { measure } of criteria.criteria) {
          if (measure.kind === "items") expect(interviews.instruments).to.include(measure.instrument);
        }
        expect(criteria.abstention.minInterviews > 0).to.equal(asksPeople);
      });

      it("marks quotes as examples and criteria as a template's, nobody's yet", () => {
        expect(criteria.criteria.every(({ state }) => state.kind === "template")).to.equal(true);
        for (const { stories } of criteria.cards) {
          for (const { quote, from } of stories)
            expect([from.kind, quote]).to.satisfy(
              ([kind, text]: string[]) => kind === "example" && text!.includes("Example, written for the project"),
            );
        }
      });

      it("is found out wherever a required property is taken out", () => {
        const missed = pathsOf(criteria)
          .filter((path) => typeof path.at(-1) === "string" && !isOptional(criteria, path))
          .filter((path) => !noticed(criteria, path));
        expect(missed.map((path) => path.join("."))).to.deep.equal([]);
      });

      it("is found out wherever a text is blanked or a list of it emptied", () => {
        const texts = pathsOf(criteria).filter((path) => typeof at(criteria, path) === "string");
        expect(texts.length).to.be.greaterThan(100);
        const lists = pathsOf(criteria).filter(
          (path) => (REQUIRED_LISTS.has(String(path.at(-1))) && path.at(-2) !== "measure") || isQuestions(path),
        );
        expect(lists.length).to.be.greaterThan(4);
        const missed = [
          ...texts.filter((path) => !noticed(criteria, path, " ")),
          ...lists.filter((path) => !noticed(criteria, path, [])),
        ];
        expect(missed.map((path) => path.join("."))).to.deep.equal([]);
      });
    });
  }
});

/** Lists that may not be empty, wherever they stand. */
const REQUIRED_LISTS: ReadonlySet<string> = new Set(["criteria", "sources", "names", "stories"]);

const isQuestions = (path: Path): boolean =>
  path.at(-1) === "questions" && (path.at(-2) === "measure" || path.at(-2) === "guard");

/** Properties that may be left out: late windows, examples, the ends of points on a scale, and what only some criteria need. */
function isOptional(document: Agreement["criteria"], path: Path): boolean {
  const [, index, name] = path;
  const last = path.at(-1);
  if (last === "late" || last === "guidance") return true;
  if (last !== "proxyFor" && last !== "achievement") return false;
  const { measure, policies } = document.criteria[Number(index)]!;
  return name === "proxyFor" ? measure.kind !== "telemetry" || policies.length === 0 : measure.kind === "items";
}

/** Whether an error stands at the path; that a reason for a single source is gone shows at the sources. */
function reports(document: unknown, path: Path): boolean {
  const where =
    path.at(-1) === "singleSourceReason" && at(document, path) === undefined ? [...path.slice(0, -1), "sources"] : path;
  const text = where.reduce<string>(
    (all, key) => (typeof key === "number" ? `${all}[${key}]` : all === "" ? key : `${all}.${key}`),
    "",
  );
  return errorsOf(document).some((finding) => finding.path === text);
}

/** Paths of everything within a value. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Array.isArray(value) ? value.map((one: unknown, i) => [i, one] as const) : Object.entries(value);
  return entries.flatMap(([key, one]) => [[...path, key], ...pathsOf(one, [...path, key])]);
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<any>((holder, key) => holder?.[key], value);
}

/** A document of the one criterion a path leads into, which is much quicker to lint, and the path within it. */
function narrowed(document: Agreement["criteria"], path: Path): [Agreement["criteria"], Path] {
  const [first, index, ...rest] = path;
  if (first !== "criteria" || index === undefined) return [structuredClone(document), path];
  return [structuredClone({ ...document, criteria: [document.criteria[Number(index)]!] }), [first, 0, ...rest]];
}

/** Whether the linter finds it out when something at a path is taken out, or replaced. */
function noticed(document: Agreement["criteria"], path: Path, ...replacement: unknown[]): boolean {
  const [copy, inside] = narrowed(document, path);
  const holder = at(copy, inside.slice(0, -1)) as any;
  if (replacement.length === 0) Reflect.deleteProperty(holder, inside.at(-1)!);
  else holder[inside.at(-1)!] = replacement[0];
  return reports(copy, inside);
}
