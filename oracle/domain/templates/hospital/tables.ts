import { readCsv } from "../../csv.ts";
import { InputError } from "../../errors.ts";
import { fileNamed } from "../files.ts";
import type { EvidenceFile } from "../template.ts";
import { CLINICAL_MEASURES, columnsOf, DIMENSIONS, EFFICIENCY_MEASURES, SAFETY_MEASURES } from "./measures.ts";
import { HospitalRow } from "./row.ts";

export const BASE_SCORE = "Hcahps Base Score";
export const CONSISTENCY_SCORE = "Hcahps Consistency Score";
export const COMBINED_SSI_SCORE = "Combined SSI Measure Score";
export const TOTAL_SCORE = "Total Performance Score";

/** The score columns of a domain in the file of totals; the publisher's names are not uniform. */
export const DOMAIN_COLUMNS = {
  clinical: column("Normalized Clinical Outcomes", "Normalized Clinical Outcomes"),
  person: column("Person And Community Engagement", "Person And Community Engagement"),
  safety: column("Normalized Safety", "Safety"),
  efficiency: column("Normalized Efficiency And Cost Reduction", "Efficiency And Cost Reduction"),
} as const;

export type Domain = keyof typeof DOMAIN_COLUMNS;
export const DOMAINS = Object.keys(DOMAIN_COLUMNS) as Domain[];

/** The files by the part they play. */
export const HOSPITAL_FILES = {
  clinical: "clinical_outcomes.csv",
  efficiency: "efficiency_and_cost_reduction.csv",
  person: "person_and_community_engagement.csv",
  safety: "safety.csv",
  total: "total_performance_score.csv",
} as const;

type Part = keyof typeof HOSPITAL_FILES;
const PARTS = Object.keys(HOSPITAL_FILES) as Part[];

const IDENTITY = ["Fiscal Year", "Facility ID", "Facility Name"];
const COLUMNS: Record<Part, readonly string[]> = {
  clinical: CLINICAL_MEASURES.flatMap(columnsOf),
  efficiency: EFFICIENCY_MEASURES.flatMap(columnsOf),
  person: [...DIMENSIONS.flatMap(columnsOf), BASE_SCORE, CONSISTENCY_SCORE],
  safety: [...SAFETY_MEASURES.flatMap(columnsOf), COMBINED_SSI_SCORE],
  total: [...DOMAINS.flatMap((domain) => Object.values(DOMAIN_COLUMNS[domain])), TOTAL_SCORE],
};

/** One hospital's rows, one of each file. */
export type HospitalRows = Readonly<Record<Part, HospitalRow>>;

/** The five files joined on the facility id, in the order of the file of totals. */
export interface HospitalTables {
  readonly fiscalYear: number;
  readonly hospitals: readonly HospitalRows[];
}

/** Reads and joins the five files. A hospital that is twice in a file or missing from one, or a second year, is an `InputError`. */
export function readHospitals(files: readonly EvidenceFile[]): HospitalTables {
  const [clinical, efficiency, person, safety, total] = PARTS.map((part) =>
    readRows(fileNamed(files, HOSPITAL_FILES[part]), part),
  );
  const tables = { clinical: clinical!, efficiency: efficiency!, person: person!, safety: safety!, total: total! };
  const everyone = new Map(PARTS.flatMap((part) => [...tables[part]]));
  for (const hospital of everyone.values()) {
    for (const part of PARTS) if (!tables[part].has(hospital.id)) throw missing(hospital, HOSPITAL_FILES[part]);
  }
  const hospitals = [...tables.total.keys()].map((id) => join(tables, id));
  return { fiscalYear: commonYear(PARTS.flatMap((part) => [...tables[part].values()])), hospitals };
}

function readRows(file: EvidenceFile, part: Part): ReadonlyMap<string, HospitalRow> {
  const rows = new Map<string, HospitalRow>();
  for (const row of readCsv(file, [...IDENTITY, ...COLUMNS[part]]).rows) {
    const hospital = new HospitalRow(row);
    const earlier = rows.get(hospital.id);
    if (earlier !== undefined) {
      throw hospital.fault(
        "the hospital occurs twice",
        "Facility ID",
        `each hospital once; it is on line ${earlier.row.line} too`,
      );
    }
    rows.set(hospital.id, hospital);
  }
  return rows;
}

function join(tables: Readonly<Record<Part, ReadonlyMap<string, HospitalRow>>>, id: string): HospitalRows {
  const row = (part: Part): HospitalRow => tables[part].get(id)!;
  const [clinical, efficiency] = [row("clinical"), row("efficiency")];
  return { clinical, efficiency, person: row("person"), safety: row("safety"), total: row("total") };
}

function missing(hospital: HospitalRow, file: string): InputError {
  return new InputError(`${hospital.label} is missing`, {
    file,
    field: "Facility ID",
    limit: `a row for every hospital; it is on line ${hospital.row.line} of ${hospital.row.file}`,
  });
}

function commonYear(hospitals: readonly HospitalRow[]): number {
  const first = hospitals[0]!.row.integer("Fiscal Year", { min: 1900, max: 9999 });
  for (const hospital of hospitals) {
    if (hospital.row.text("Fiscal Year") !== String(first)) {
      throw hospital.fault("another fiscal year", "Fiscal Year", `${first}, the same in every row of all files`);
    }
  }
  return first;
}

function column(unweighted: string, weighted: string): { readonly unweighted: string; readonly weighted: string } {
  return { unweighted: `Unweighted ${unweighted} Domain Score`, weighted: `Weighted ${weighted} Domain Score` };
}
