import { itemsOf, type Instrument, type ItemText, type Scale } from "./instrument.ts";

const DOMAINS = ["happiness", "health", "meaning", "character", "relationships", "stability"];
const IDS = DOMAINS.flatMap((domain) => [`${domain}-1`, `${domain}-2`]);

const AGREE: ItemText["ends"] = ["Strongly Disagree", "Strongly Agree"];
const TRUE_OF_ME: ItemText["ends"] = ["Not True of Me", "Completely True of Me"];
const HEALTH: ItemText["ends"] = ["Poor", "Excellent"];
const WORRY: ItemText["ends"] = ["Worry All of the Time", "Do Not Ever Worry"];

function sum(id: string, items: readonly string[]): Scale {
  return { id, items, factor: 1, min: 0, max: 10 * items.length, better: "higher" };
}

/**
 * Secure Flourish: two items of 0 to 10 for each of six domains, summed to 0–120; without the last domain it is the Flourish measure,
 * 0–100. English only: a plan in another language that names it is refused.
 */
export const SECURE_FLOURISH: Instrument = {
  id: "secure-flourish",
  version: "1",
  name: "Secure Flourish",
  reference: "VanderWeele, On the promotion of human flourishing, PNAS 114 (2017) 8148–8156",
  licence: {
    name: "CC-BY-NC-4.0",
    holder: "Human Flourishing Program, Harvard University",
    source: "https://hfh.fas.harvard.edu/measuring-flourishing",
    commercial: false,
    attribution:
      "VanderWeele, T.J. (2017). On the promotion of human flourishing. Proceedings of the National Academy of Sciences, U.S.A., 31:8148-8156.",
  },
  measures: "state",
  items: itemsOf(IDS, 0, 10),
  scales: [
    ...DOMAINS.map((domain) => sum(domain, [`${domain}-1`, `${domain}-2`])),
    sum("flourish", IDS.slice(0, 10)),
    sum("secure-flourish", IDS),
  ],
  texts: {
    en: {
      translation: "holder",
      intro: "Please respond to the following questions on a scale from 0 to 10:",
      items: {
        "happiness-1": {
          text: "Overall, how satisfied are you with life as a whole these days?",
          ends: ["Not Satisfied at All", "Completely Satisfied"],
        },
        "happiness-2": {
          text: "In general, how happy or unhappy do you usually feel?",
          ends: ["Extremely Unhappy", "Extremely Happy"],
        },
        "health-1": { text: "In general, how would you rate your physical health?", ends: HEALTH },
        "health-2": { text: "How would you rate your overall mental health?", ends: HEALTH },
        "meaning-1": {
          text: "Overall, to what extent do you feel the things you do in your life are worthwhile?",
          ends: ["Not at All Worthwhile", "Completely Worthwhile"],
        },
        "meaning-2": { text: "I understand my purpose in life.", ends: AGREE },
        "character-1": {
          text: "I always act to promote good in all circumstances, even in difficult and challenging situations.",
          ends: TRUE_OF_ME,
        },
        "character-2": {
          text: "I am always able to give up some happiness now for greater happiness later.",
          ends: TRUE_OF_ME,
        },
        "relationships-1": { text: "I am content with my friendships and relationships.", ends: AGREE },
        "relationships-2": { text: "My relationships are as satisfying as I would want them to be.", ends: AGREE },
        "stability-1": {
          text: "How often do you worry about being able to meet normal monthly living expenses?",
          ends: WORRY,
        },
        "stability-2": { text: "How often do you worry about safety, food, or housing?", ends: WORRY },
      },
    },
  },
};
