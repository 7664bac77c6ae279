import { itemsOf, type Instrument } from "./instrument.ts";

const IDS = ["satisfied", "worthwhile", "happy", "anxious"];

/**
 * The four personal well-being questions of the UK's Office for National Statistics, each a scale of its own: they are not summed.
 * English word for word from the harmonised standard; ONS has no German version, so that one is this project's.
 */
export const ONS4: Instrument = {
  id: "ons4",
  version: "1",
  name: "ONS personal well-being (ONS4)",
  reference: "Government Statistical Service, Personal wellbeing harmonised standard, 19 May 2020",
  licence: {
    name: "OGL-UK-3.0",
    holder: "Office for National Statistics",
    source: "https://analysisfunction.civilservice.gov.uk/policy-store/personal-well-being/",
    commercial: true,
    attribution: "Contains public sector information licensed under the Open Government Licence v3.0.",
  },
  measures: "state",
  items: itemsOf(IDS, 0, 10),
  scales: IDS.map((id) => ({
    id,
    items: [id],
    factor: 1,
    min: 0,
    max: 10,
    better: id === "anxious" ? "lower" : "higher",
  })),
  texts: {
    en: {
      translation: "holder",
      intro:
        "Next I would like to ask you four questions about your feelings on aspects of your life. There are no right or wrong answers. " +
        "For each of these questions I’d like you to give an answer on a scale of 0 to 10, where 0 is “not at all” and 10 is “completely”.",
      items: {
        satisfied: {
          text: "Overall, how satisfied are you with your life nowadays?",
          ends: ["not at all satisfied", "completely satisfied"],
        },
        worthwhile: {
          text: "Overall, to what extent do you feel that the things you do in your life are worthwhile?",
          ends: ["not at all worthwhile", "completely worthwhile"],
        },
        happy: {
          text: "Overall, how happy did you feel yesterday?",
          ends: ["not at all happy", "completely happy"],
        },
        anxious: {
          text: "On a scale where 0 is “not at all anxious” and 10 is “completely anxious”, overall, how anxious did you feel yesterday?",
          ends: ["not at all anxious", "completely anxious"],
        },
      },
    },
    de: {
      translation: "project",
      intro:
        "Es folgen vier Fragen dazu, wie Sie Bereiche Ihres Lebens empfinden. Es gibt keine richtigen oder falschen Antworten. " +
        "Bitte antworten Sie jeweils auf einer Skala von 0 bis 10, auf der 0 „überhaupt nicht“ und 10 „voll und ganz“ bedeutet.",
      items: {
        satisfied: {
          text: "Alles in allem: Wie zufrieden sind Sie gegenwärtig mit Ihrem Leben?",
          ends: ["überhaupt nicht zufrieden", "voll und ganz zufrieden"],
        },
        worthwhile: {
          text: "Alles in allem: Inwieweit haben Sie das Gefühl, dass das, was Sie in Ihrem Leben tun, lohnend ist?",
          ends: ["überhaupt nicht lohnend", "voll und ganz lohnend"],
        },
        happy: {
          text: "Alles in allem: Wie glücklich haben Sie sich gestern gefühlt?",
          ends: ["überhaupt nicht glücklich", "voll und ganz glücklich"],
        },
        anxious: {
          text: "Auf einer Skala, auf der 0 „überhaupt nicht ängstlich“ und 10 „voll und ganz ängstlich“ bedeutet: Wie ängstlich haben Sie sich gestern alles in allem gefühlt?",
          ends: ["überhaupt nicht ängstlich", "voll und ganz ängstlich"],
        },
      },
    },
  },
};
