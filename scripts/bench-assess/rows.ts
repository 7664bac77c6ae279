import { calibration } from "./calibration.ts";
import { colluders } from "./colluders.ts";
import { fakes } from "./fakes.ts";
import { alarmsOnCleanEmails } from "./false-alarms.ts";
import { fewInterviews } from "./few-interviews.ts";
import { hostile } from "./hostile.ts";
import { overhead, quotesFound } from "./pipeline.ts";
import type { Row } from "./row.ts";
import { hospitalRule, proxyGap, retroRule } from "./rules.ts";

/** All that is measured, in the order it is printed. A new row is a file beside this one and a line here. */
export const ROWS: readonly Row[] = [
  hospitalRule,
  retroRule,
  proxyGap,
  colluders,
  fewInterviews,
  fakes,
  hostile,
  alarmsOnCleanEmails,
  quotesFound,
  calibration,
  overhead,
];
