import type { Instrument } from "./instrument.ts";

/** PERMA-Profiler, by id only: its wording is not included and has to come from the holder. */
export const PERMA_PROFILER: Instrument = {
  id: "perma-profiler",
  version: "1",
  name: "PERMA-Profiler",
  reference: "Butler & Kern, The PERMA-Profiler, International Journal of Wellbeing 6(3) (2016) 1–48",
  licence: {
    name: "research and other non-commercial use, with credit",
    holder: "Julie Butler and Margaret L. Kern; University of Pennsylvania",
    source: "https://www.peggykern.org/questionnaires.html",
    commercial: false,
    attribution:
      "Butler, J., & Kern, M. L. (2016). The PERMA-Profiler: A brief multidimensional measure of flourishing.",
  },
  measures: "state",
  items: null,
  scales: [],
  texts: {},
};
