import type { Texts } from "./texts.ts";

export const EN: Texts = {
  language: "en",
  name: "English",
  consent: {
    outcome:
      "This is about: {subject}. You are asked how things have gone for you. Taking part is your choice. You can skip any question, stop and " +
      "come back later, or withdraw; withdrawing deletes what you said. Your answers help to decide how much the provider is paid. The " +
      "assessors see your words without your name, and may quote them. Do you agree to take part?",
    values:
      "This is about: {subject}. You are asked what matters to you in it. Taking part is your choice. You can skip any question, stop and " +
      "come back later, or withdraw; withdrawing deletes what you said. Your answers help to decide what counts as a good outcome. Others may " +
      "read them without your name. Do you agree to take part?",
    yes: "Yes, I agree",
    no: "No",
  },
  chooseLanguage: "Which language would you like to use?",
  end: {
    completed: "That was the last question. Your answers have been recorded.",
    declined: "You will not be asked anything. Nothing is kept but the fact that you said no.",
    withdrawn: "You have withdrawn. What you said is deleted.",
  },
  aim: "This is about: {subject}. What would you like to be different afterwards?",
  story:
    "This is about: {subject}. Please tell what happened, from the beginning, in your own words. It can be about anything that went well, badly or neither.",
  probes: {
    what: "What exactly happened?",
    when: "When was that?",
    where: "Where was that?",
    who: "Who else was there, or took part in it?",
    more: "What else happened?",
  },
  negative: "This is about: {subject}. What got worse, or did not help?",
  counterfactual: "This is about: {subject}. What do you think would have happened anyway, without it?",
  now: {
    text: "This is about: {subject}. All in all, how do you rate your situation in this respect today?",
    low: "as bad as it could be",
    high: "as good as it could be",
  },
  then: {
    text: "This is about: {subject}. Now think back to the time before. By the standard you use today, how do you rate your situation as it was then?",
    low: "as bad as it could be",
    high: "as good as it could be",
  },
  detail:
    "Please name one thing that changed, or that stayed as it was, which somebody else could check. What is it, and since when, and where could it be seen?",
  pressure: {
    text: "Did anybody connected with the provider ask you to answer in a certain way, or connect your answers with an advantage or a disadvantage?",
    yes: "Yes",
    no: "No",
    unsaid: "I would rather not say",
    what: "What was said or done, and by whom?",
  },
  values: {
    story:
      "This is about: {subject}. Please tell of a real time when it went well for you, or for somebody you know. What happened?",
    attend: "Think of that time, while it was going well. What is one thing that you paid attention to?",
    another:
      "What else did you pay attention to, while it was going well? Name one thing, or skip this if there is nothing else.",
    sake: "Why is it worth paying attention to?",
    sakes: {
      itself: "It matters in itself",
      means: "Only because it leads to something else",
      others: "Only because others expect it or approve of it",
      unsure: "I do not know",
    },
    title: "What is a short name for what matters to you here?",
    description: "Please say it in one or two sentences, so that somebody who does not know you understands it.",
    confirm: "Does this say what matters to you?",
    yes: "Yes",
    no: "No, I want to change it",
  },
  cues: {
    when: (
      "yesterday today tonight morning afternoon evening night noon midnight monday tuesday wednesday thursday friday saturday sunday " +
      "january february march april june july august september october november december spring summer autumn winter " +
      "day days week weeks month months year years hour hours minute minutes ago since weekend christmas easter"
    ).split(" "),
    where: (
      "home house flat apartment room kitchen garden street road town city village park garage workshop office shop store school hospital " +
      "clinic surgery station church hall library motorway work online phone outside indoors here there building centre center"
    ).split(" "),
    who: (
      "he she they we him them his mechanic doctor nurse teacher manager colleague colleagues friend friends neighbour neighbours neighbor " +
      "wife husband partner son daughter mother father brother sister family child children kids people person man woman boss staff team " +
      "assistant volunteer volunteers someone somebody everybody everyone nobody mr mrs ms dr"
    ).split(" "),
  },
  phrasing: {
    questionMark: "?",
    self: "i me my mine myself we us our ours ourselves".split(" "),
    loaded: (
      "great good better best wonderful excellent amazing fantastic perfect nice lovely glad happy pleased sorry unfortunately sadly bad " +
      "worse worst terrible awful surely obviously certainly clearly agree right correct successful success improved improvement helpful " +
      "recommend satisfied thank thanks"
    ).split(" "),
  },
};
