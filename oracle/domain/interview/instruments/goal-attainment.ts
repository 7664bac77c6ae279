import { itemsOf, type Instrument } from "./instrument.ts";

const IDS = ["reached", "lasting", "effort"];

/**
 * How far what somebody wanted was reached: for work on a thing or a single occasion, such as a repair or an event. Own wording, in
 * the public domain, not validated. Each item is a scale of its own; `attainment` joins the first two, 0–20.
 */
export const GOAL_ATTAINMENT: Instrument = {
  id: "goal-attainment",
  version: "1",
  name: "Goal attainment (own wording, not validated)",
  reference: "own wording; the idea of rating against one's own goal is that of Kiresuk & Sherman (1968)",
  licence: {
    name: "CC0-1.0",
    holder: "none",
    source: "this file",
    commercial: true,
    attribution: "none needed",
  },
  measures: "outcome",
  items: itemsOf(IDS, 0, 10),
  scales: [
    ...IDS.map((id) => ({ id, items: [id], factor: 1, min: 0, max: 10, better: "higher" as const })),
    { id: "attainment", items: ["reached", "lasting"], factor: 1, min: 0, max: 20, better: "higher" },
  ],
  texts: {
    en: {
      translation: "holder",
      intro:
        "The next three questions are about what you wanted, and how it stands today. Any answer from 0 to 10 is fine.",
      items: {
        reached: {
          text: "How much of what you wanted has been reached, as of today?",
          ends: ["nothing of it", "all of it"],
        },
        lasting: {
          text: "How much of what was reached at first still holds today?",
          ends: ["nothing of it", "all of it"],
        },
        effort: {
          text: "How does what you got compare with the time, trouble and money it took you?",
          ends: ["not worth it at all", "entirely worth it"],
        },
      },
    },
    de: {
      translation: "holder",
      intro:
        "In den nächsten drei Fragen geht es darum, was Sie wollten und wie es heute damit steht. Jede Antwort von 0 bis 10 ist in Ordnung.",
      items: {
        reached: {
          text: "Wie viel von dem, was Sie wollten, ist bis heute erreicht?",
          ends: ["nichts davon", "alles davon"],
        },
        lasting: {
          text: "Wie viel von dem, was zunächst erreicht war, hält heute noch an?",
          ends: ["nichts davon", "alles davon"],
        },
        effort: {
          text: "Wie verhält sich das, was Sie bekommen haben, zu der Zeit, der Mühe und dem Geld, die es Sie gekostet hat?",
          ends: ["war es überhaupt nicht wert", "war es voll und ganz wert"],
        },
      },
    },
  },
};
