import { expect } from "chai";
import fc from "fast-check";
import { readCsv } from "../../../oracle/domain/csv.ts";
import { guarded, tableText, unguarded } from "../../../oracle/domain/labelling/table.ts";

/** Texts made of what makes formulas and cells, so that every mixture of them comes up. */
const nasty = fc
  .array(
    fc.constantFrom(
      "=",
      "+",
      "-",
      "@",
      "'",
      '"',
      ",",
      ";",
      "|",
      "\t",
      "\n",
      "\r",
      " ",
      "a",
      "1",
      "＝",
      "\uFF20",
      "é",
      "界",
    ),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(""));
const text = fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 40 }));

/** What programs with another separator make of a line of cells, and what any makes of the first sign of one. */
const STARTS = /(?:^|[,;|\t\r\n])[\s"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

describe("tables for spreadsheets", () => {
  it("keep every text as it was, once it is read back", () => {
    fc.assert(fc.property(text, (one) => unguarded(guarded(one)) === one));
    const rows = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, (some) => {
        // A row of nothing but white space is no row to whoever reads tables.
        const filled = some.map(([a, b, c]) => ["x", a, b, c]);
        const bytes = new TextEncoder().encode(tableText(["id", "a", "b", "c"], filled));
        const { rows: read } = readCsv({ name: "t.csv", mediaType: "text/csv", bytes }, ["id", "a", "b", "c"]);
        expect(read.map((row) => ["id", "a", "b", "c"].map((column) => unguarded(row.text(column))))).to.deep.equal(
          filled,
        );
      }),
    );
  });

  it("have no place where a formula could begin, whatever a program takes for a separator", () => {
    fc.assert(fc.property(text, (one) => !STARTS.test(guarded(one))));
    fc.assert(
      fc.property(text, (one) => {
        const line = tableText(["a"], [[one]])
          .split("\r\n")
          .slice(1)
          .join("\r\n");
        return !STARTS.test(line);
      }),
    );
    expect(guarded('=HYPERLINK("http://x")')).to.equal('\'=HYPERLINK("http://x")');
    expect(guarded("good; =1+1")).to.equal("good; '=1+1");
    expect(guarded("half-done, 3 + 4")).to.equal("half-done, 3 + 4");
  });

  it("refuse rows of another width", () => {
    expect(() => tableText(["a", "b"], [["1"]])).to.throw(RangeError, "row 0 has 1 cells, not 2");
  });
});
