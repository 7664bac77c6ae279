import { calibration } from "./calibration.ts";
import { colluders } from "./colluders.ts";
import { fewInterviews } from "./few-interviews.ts";
import { hostile } from "./hostile.ts";
import type { Row } from "./row.ts";

/** All that is measured, in the order it is printed. A new row is a file beside this one and a line here. */
export const ROWS: readonly Row[] = [colluders, fewInterviews, calibration, hostile];
