import { expect } from "chai";
import fc from "fast-check";
import Papa from "papaparse";
import { csvFault } from "../../../oracle/adapters/intake/csv-form.ts";
import { readCsv } from "../../../oracle/domain/csv.ts";

const reads = (bytes: Buffer): string | null => {
  try {
    readCsv({ name: "a.csv", mediaType: "text/csv", bytes }, []);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe("The form of a table", () => {
  it("is never taken for right where the templates' reader refuses it", () => {
    const piece = fc.constantFrom("a", "b", ",", '"', '""', "\n", "\r\n", "\r", " ", "ü");
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const bytes = Buffer.from(`x,y\n${pieces.join("")}`);
        if (csvFault(bytes) !== null) return;
        // A header alone is a table in which nothing happened: whether a template has use for it is its own affair.
        if (bytes.toString().replace(/^\uFEFF?x,y\r?\n/, "") === "") return;
        taken++;
        expect(reads(bytes), JSON.stringify(bytes.toString())).to.equal(null);
      }),
      { numRuns: 20_000 },
    );
    expect(taken, "some tables are taken").to.be.greaterThan(20);
  });

  it("takes whatever a writer of CSV makes", () => {
    // Rows of nothing are no rows.
    const isRow = (fields: readonly string[]): boolean => fields.some((one) => one.trim() !== "");
    const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "ü", " ", "1"), maxLength: 5 });
    const table = fc.integer({ min: 2, max: 5 }).chain((columns) =>
      fc.array(fc.array(field, { minLength: columns, maxLength: columns }).filter(isRow), {
        minLength: 1,
        maxLength: 5,
      }),
    );
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, newline, last) => {
        const header = rows[0]!.map((_, i) => `column ${i}`);
        const text = Papa.unparse([header, ...rows], { newline }) + (last ? newline : "");
        expect(csvFault(Buffer.from(text)), JSON.stringify(text)).to.equal(null);
        expect(csvFault(Buffer.from(`\uFEFF${text}`))).to.equal(null);
      }),
    );
  });

  it("is linear in its bytes, however they are quoted", () => {
    const hostile = Buffer.from(`a\n"${'""'.repeat(2_000_000)}`);
    const start = performance.now();
    expect(csvFault(hostile)).to.have.property("value", "record 2: broken quotes");
    expect(performance.now() - start).to.be.lessThan(2_000);
  });
});
