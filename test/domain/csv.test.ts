import { expect } from "chai";
import fc from "fast-check";
import Papa from "papaparse";
import { readCsv, type CsvRow } from "../../oracle/domain/csv.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";
import { faultOf } from "./fault.ts";

function file(text: string): EvidenceFile {
  return { name: "some.csv", mediaType: "text/csv", bytes: new TextEncoder().encode(text) };
}

function rowOf(value: string): CsvRow {
  return readCsv(
    file(
      Papa.unparse([
        ["n", "other"],
        [value, "x"],
      ]),
    ),
    ["n"],
  ).rows[0]!;
}

describe("reading CSV", () => {
  it("gives fields by column and the line each record starts on", () => {
    const { columns, rows } = readCsv(file('a,b\n"x\r\ny",2\n"q""z, w",4\n5,6'), ["b", "a"]);
    expect(columns).to.deep.equal(["a", "b"]);
    expect(rows.map((row) => [row.line, row.text("a"), row.text("b")])).to.deep.equal([
      [2, "x\r\ny", "2"],
      [4, 'q"z, w', "4"],
      [5, "5", "6"],
    ]);
  });

  for (const end of ["\n", "\r\n", "\r"]) {
    it(`takes line ends ${JSON.stringify(end)} and a byte order mark`, () => {
      const { rows } = readCsv(file(`\uFEFFa,b${end}1,2${end}3,4${end}`), ["a"]);
      expect(rows.map((row) => [row.line, row.text("a")])).to.deep.equal([
        [2, "1"],
        [3, "3"],
      ]);
    });
  }

  it("reads back what was written, on the right lines, whatever is in the fields", () => {
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "é", " ", "0") });
    const records = fc.array(fc.tuple(field, fc.constantFrom("x", '"', ",\n")), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(records, (data) => {
        const { rows } = readCsv(file(Papa.unparse([["a", "b"], ...data], { newline: "\n" })), ["a", "b"]);
        expect(rows.map((row) => [row.text("a"), row.text("b")])).to.deep.equal(data);
        let line = 2;
        for (const [index, row] of rows.entries()) {
          expect(row.line).to.equal(line);
          line += data[index]!.join("").split("\n").length;
        }
      }),
    );
  });

  const broken: readonly (readonly [string, string, string])[] = [
    ["an empty file", "", "some.csv: the file is empty; expected a header and rows"],
    ["a header alone", "a,b\n", "some.csv: no rows follow the header; expected at least one row"],
    ["a missing column", "b\n1\n", 'some.csv, line 1, field "a": the column is missing'],
    [
      "a repeated column",
      "a,b,b\n1,2,3\n",
      'some.csv, line 1, field "b": the column occurs twice; expected each column once',
    ],
    ["too few fields", "a,b\n1,2\n3\n", 'some.csv, line 3: wrong number of fields (found "1"); expected 2 fields'],
    ["too many fields", "a,b\n1,2,3\n", 'some.csv, line 2: wrong number of fields (found "3"); expected 2 fields'],
    ["an empty row in the middle", "a,b\n1,2\n\n3,4\n", "some.csv, line 3: the row is empty"],
    ["an empty row at the end", "a,b\n1,2\n\n", "some.csv, line 3: the row is empty"],
    ["a row of empty fields", "a,b\n , \n", "some.csv, line 2: the row is empty"],
    ["an empty row of one column", "a\n1\n\n2\n", "some.csv, line 3: the row is empty"],
    ["an open quote", 'a,b\n1,2\n"3,4\n', "some.csv, line 3: broken quotes"],
    ["text after a quote", 'a,b\n"1"x,2\n', "some.csv, line 2: broken quotes"],
  ];
  for (const [what, text, message] of broken) {
    it(`refuses ${what}`, () => expect(faultOf(() => readCsv(file(text), ["a"])).message).to.include(message));
  }

  it("refuses bytes that are not UTF-8", () => {
    const bytes = new Uint8Array([0x61, 0x0a, 0xff, 0x0a]);
    const fault = faultOf(() => readCsv({ name: "some.csv", mediaType: "text/csv", bytes }, ["a"]));
    expect(fault.message).to.equal("some.csv: the bytes are not valid UTF-8; expected text in UTF-8");
  });

  it("refuses other columns only where asked to", () => {
    expect(readCsv(file("a,b\n1,2\n"), ["a"]).rows).to.have.length(1);
    const fault = faultOf(() => readCsv(file("a,b\n1,2\n"), ["a"], { otherColumns: "refused" }));
    expect(fault.fault).to.deep.equal({ file: "some.csv", line: 1, field: "b", limit: "only a" });
  });
});

describe("reading fields", () => {
  it("reads whole and finite numbers", () => {
    expect(rowOf("42").integer("n")).to.equal(42);
    expect(rowOf("-3").integer("n", { min: -3 })).to.equal(-3);
    expect(rowOf("1.25e-10").finite("n")).to.equal(1.25e-10);
    expect(rowOf("7").finite("n", { min: 7, max: 7 })).to.equal(7);
    expect(Object.is(rowOf("-0").integer("n"), 0)).to.equal(true);
  });

  for (const value of [
    "",
    " ",
    "NaN",
    "nan",
    "Infinity",
    "1e999",
    "0x10",
    " 1",
    "1 ",
    "1,000",
    "+1",
    "1.",
    ".5",
    "١",
    "1_0",
  ]) {
    it(`refuses ${JSON.stringify(value)} as a number`, () => {
      for (const kind of ["integer", "finite"] as const) {
        const { fault } = faultOf(() => rowOf(value)[kind]("n"));
        expect(fault).to.include({ file: "some.csv", line: 2, field: "n", value });
        expect(fault.limit).to.match(/^a (whole )?number of at least 0$/);
      }
    });
  }

  it("refuses fractions, inexact and exponent notation as whole numbers", () => {
    for (const value of ["1.0", "1e3", "9007199254740993"])
      expect(() => rowOf(value).integer("n")).to.throw(InputError);
  });

  it("keeps to the range, 0 upwards where none is given", () => {
    expect(faultOf(() => rowOf("-1").finite("n")).message).to.equal(
      'some.csv, line 2, field "n": out of range (found "-1"); expected a number of at least 0',
    );
    expect(faultOf(() => rowOf("11").integer("n", { min: 1, max: 10 })).fault.limit).to.equal(
      "a whole number of 1 to 10",
    );
    expect(() => rowOf("10").integer("n", { min: 1, max: 10 })).not.to.throw();
  });

  it("refuses an empty text where one is needed, and a column that is not there", () => {
    expect(faultOf(() => rowOf("  ").filled("n")).message).to.include('field "n": the field is empty');
    expect(faultOf(() => rowOf("1").text("z")).message).to.equal('some.csv, field "z": the column is missing');
  });
});
