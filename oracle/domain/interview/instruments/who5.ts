import { itemsOf, type Instrument } from "./instrument.ts";

const IDS = ["cheerful", "calm", "active", "rested", "interested"];

/**
 * WHO-5 Well-Being Index: five items of 0 to 5, their sum times 4, 0 to 100. A change of 10 points or more is a real one (Topp,
 * Østergaard, Søndergaard & Bech, 2015). The wording is under the licence named here, not under that of this project.
 */
export const WHO5: Instrument = {
  id: "who-5",
  version: "1",
  name: "WHO-5 Well-Being Index",
  reference:
    "World Health Organization-Five Well-Being Index (WHO-5), WHO 2024; German version of 1998 by the Psychiatric Research Unit, Hillerød; " +
    "scoring: Topp et al., Psychotherapy and Psychosomatics 84 (2015) 167–176",
  licence: {
    name: "CC-BY-NC-SA-3.0-IGO",
    holder: "World Health Organization",
    source: "https://www.who.int/publications/m/item/WHO-UCN-MSD-MHE-2024.01",
    commercial: false,
    attribution:
      "World Health Organization-Five Well-Being Index (WHO-5). Geneva: World Health Organization; 2024. Licence: CC BY-NC-SA 3.0 IGO.",
  },
  measures: "state",
  items: itemsOf(IDS, 0, 5),
  scales: [{ id: "index", items: IDS, factor: 4, min: 0, max: 100, better: "higher", smallestChange: 10 }],
  texts: {
    en: {
      translation: "holder",
      intro:
        "Please indicate for each of the five statements which is closest to how you have been feeling over the last two weeks.",
      items: {
        cheerful: { text: "I have felt cheerful and in good spirits" },
        calm: { text: "I have felt calm and relaxed" },
        active: { text: "I have felt active and vigorous" },
        rested: { text: "I woke up feeling fresh and rested" },
        interested: { text: "My daily life has been filled with things that interest me" },
      },
      labels: {
        5: "All of the time",
        4: "Most of the time",
        3: "More than half of the time",
        2: "Less than half of the time",
        1: "Some of the time",
        0: "At no time",
      },
    },
    de: {
      translation: "holder",
      intro:
        "Die folgenden Aussagen betreffen Ihr Wohlbefinden in den letzten zwei Wochen. Bitte markieren Sie bei jeder Aussage die Rubrik, die " +
        "Ihrer Meinung nach am besten beschreibt, wie Sie sich in den letzten zwei Wochen gefühlt haben.",
      items: {
        cheerful: { text: "In den letzten zwei Wochen war ich froh und guter Laune" },
        calm: { text: "In den letzten zwei Wochen habe ich mich ruhig und entspannt gefühlt" },
        active: { text: "In den letzten zwei Wochen habe ich mich energisch und aktiv gefühlt" },
        rested: { text: "In den letzten zwei Wochen habe ich mich beim Aufwachen frisch und ausgeruht gefühlt" },
        interested: { text: "In den letzten zwei Wochen war mein Alltag voller Dinge, die mich interessieren" },
      },
      labels: {
        5: "Die ganze Zeit",
        4: "Meistens",
        3: "Etwas mehr als die Hälfte der Zeit",
        2: "Etwas weniger als die Hälfte der Zeit",
        1: "Ab und zu",
        0: "Zu keinem Zeitpunkt",
      },
    },
  },
};
