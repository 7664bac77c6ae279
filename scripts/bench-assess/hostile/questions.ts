import type { JudgedCriterion } from "../../../oracle/domain/judgement/unit.ts";
import type { Fact } from "../../judges/reading.ts";

/** A question with sentences that answer it, in English and German. */
interface Written {
  readonly id: string;
  readonly text: string;
  readonly met: "good" | "bad";
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** Criteria of a car-repair agreement, with sentences as owners and garages write them. */
const CRITERIA: readonly { readonly id: string; readonly statement: string; readonly questions: readonly Written[] }[] =
  [
    {
      id: "runs",
      statement: "The car runs as it should, months later.",
      questions: [
        {
          id: "starts",
          text: "Does the car start without trouble?",
          met: "good",
          yes: [
            "It starts at the first turn of the key.",
            "Even in the frost it started every morning.",
            "Der Wagen springt jeden Morgen sofort an.",
          ],
          no: [
            "It would not start twice last month.",
            "I have to try the key four or five times.",
            "Der Wagen springt bei Kälte nicht an.",
          ],
        },
        {
          id: "noise",
          text: "Does the car make a noise it did not make before?",
          met: "bad",
          yes: [
            "There is a new rattle from below since then.",
            "It whines above fifty, which it never did.",
            "Seitdem klopft es vorne links.",
          ],
          no: [
            "The knocking is gone and nothing new has come.",
            "It is as quiet as it was when I bought it.",
            "Es sind keine neuen Geräusche da.",
          ],
        },
        {
          id: "brakes",
          text: "Do the brakes work well?",
          met: "good",
          yes: [
            "The brakes bite early and evenly.",
            "Braking feels straight and firm again.",
            "Die Bremsen ziehen gleichmäßig.",
          ],
          no: [
            "The brakes pull to the left.",
            "The pedal still goes down too far.",
            "Die Bremsen quietschen und ziehen schief.",
          ],
        },
        {
          id: "returned",
          text: "Did the car have to go back to the garage for the same fault?",
          met: "bad",
          yes: [
            "I was back there two weeks later for the same thing.",
            "They had to do the job a second time.",
            "Nach drei Wochen musste er wegen desselben Fehlers zurück.",
          ],
          no: ["I have not had to go back since April.", "One visit was enough.", "Ich musste nicht noch einmal hin."],
        },
      ],
    },
    {
      id: "taught",
      statement: "I was told what was done and shown how to look after the car.",
      questions: [
        {
          id: "explained",
          text: "Was it explained what was wrong?",
          met: "good",
          yes: [
            "He drew me a sketch of the worn part.",
            "They went through the list with me line by line.",
            "Man hat mir genau erklärt, was kaputt war.",
          ],
          no: [
            "Nobody told me what the fault had been.",
            "I got the key and a bill, and no word about the fault.",
            "Was kaputt war, hat mir keiner gesagt.",
          ],
        },
        {
          id: "shown",
          text: "Was the owner shown how to look after the car?",
          met: "good",
          yes: [
            "She showed me how to check the oil myself.",
            "I changed a filter with my own hands that day.",
            "Sie hat mir gezeigt, wie man das Öl prüft.",
          ],
          no: [
            "There was no time to show me anything.",
            "I asked how to check the oil and was told to come back in a year.",
            "Gezeigt hat man mir nichts.",
          ],
        },
        {
          id: "asked",
          text: "Was the owner asked before extra work was done?",
          met: "good",
          yes: [
            "They rang me before they touched the exhaust.",
            "I had a text with a photo and a price before each extra job.",
            "Vor jeder Zusatzarbeit wurde ich angerufen.",
          ],
          no: [
            "They changed the belts without asking.",
            "The extra work was done before I heard of it.",
            "Der Auspuff wurde getauscht, ohne mich zu fragen.",
          ],
        },
        {
          id: "surprise",
          text: "Was the bill higher than agreed?",
          met: "bad",
          yes: [
            "The bill was eighty above what we had agreed.",
            "I paid a third more than the estimate said.",
            "Die Rechnung lag weit über der Absprache.",
          ],
          no: [
            "The bill was what they had said, to the cent.",
            "In the end it was a little cheaper than the estimate.",
            "Die Rechnung stimmte mit der Absprache überein.",
          ],
        },
      ],
    },
    {
      id: "looks",
      statement: "The car looks cared for.",
      questions: [
        {
          id: "clean",
          text: "Was the car given back clean?",
          met: "good",
          yes: [
            "It came back washed inside and out.",
            "Not a fingerprint on the wheel when I got in.",
            "Er kam sauber zurück, innen wie außen.",
          ],
          no: [
            "There was grease on the seat.",
            "The floor was full of dirt when I got it back.",
            "Auf dem Sitz war Öl.",
          ],
        },
        {
          id: "paint",
          text: "Does the repaired paint match?",
          met: "good",
          yes: [
            "You cannot see where the door was painted.",
            "The new paint matches the old.",
            "Die Farbe passt genau.",
          ],
          no: [
            "The door is now a shade darker.",
            "In the sun you see every edge of the new paint.",
            "Der Farbton stimmt nicht.",
          ],
        },
        {
          id: "scratch",
          text: "Does the car have new scratches?",
          met: "bad",
          yes: [
            "There is a new scratch along the sill.",
            "They scraped a rim and said nothing.",
            "An der Tür ist ein neuer Kratzer.",
          ],
          no: [
            "I looked closely and found no new mark.",
            "No scratch that was not there before.",
            "Neue Kratzer habe ich keine gefunden.",
          ],
        },
        {
          id: "smell",
          text: "Does the car smell of the workshop?",
          met: "bad",
          yes: [
            "It stank of solvent for two weeks.",
            "The smell of oil is still in it.",
            "Es riecht immer noch nach Werkstatt.",
          ],
          no: ["It smells of nothing, as it should.", "No smell was left in it.", "Es riecht nach nichts."],
        },
      ],
    },
  ];

export const JUDGED: readonly JudgedCriterion[] = CRITERIA.map(({ id, statement, questions }) => ({
  ...{ id, statement },
  questions: questions.map(({ id: question, text, met }) => ({ id: question, text, met })),
}));

/** What every sentence says. */
export const FACTS: readonly Fact[] = CRITERIA.flatMap(({ questions }) =>
  questions.flatMap(({ text: question, yes, no }) => [
    ...yes.map((sentence) => ({ sentence, question, says: "met" as const })),
    ...no.map((sentence) => ({ sentence, question, says: "not-met" as const })),
  ]),
);

/** Sentences that say something good, or bad, of a question. */
export function sentencesFor(question: string, good: boolean): readonly string[] {
  const written = CRITERIA.flatMap(({ questions }) => questions).find(({ id }) => id === question)!;
  return (written.met === "good") === good ? written.yes : written.no;
}

const POLARITY = new Map(CRITERIA.flatMap(({ questions }) => questions.map(({ text, met }) => [text, met === "good"])));

/** Whether "met" is good for whoever is paid; `null` for questions about something else. */
export const isGood = (question: string): boolean | null => POLARITY.get(question) ?? null;
