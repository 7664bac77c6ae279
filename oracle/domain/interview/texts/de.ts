import type { Texts } from "./texts.ts";

export const DE: Texts = {
  language: "de",
  name: "Deutsch",
  consent: {
    outcome:
      "Es geht um: {subject}. Sie werden gefragt, wie es Ihnen damit ergangen ist. Die Teilnahme ist freiwillig. Sie können jede Frage " +
      "überspringen, unterbrechen und später weitermachen oder Ihre Teilnahme widerrufen; mit dem Widerruf wird gelöscht, was Sie gesagt haben. " +
      "Ihre Antworten tragen dazu bei, wie viel der Anbieter bezahlt bekommt. Wer sie beurteilt, sieht Ihre Worte ohne Ihren Namen und darf sie " +
      "zitieren. Möchten Sie teilnehmen?",
    values:
      "Es geht um: {subject}. Sie werden gefragt, was Ihnen dabei wichtig ist. Die Teilnahme ist freiwillig. Sie können jede Frage " +
      "überspringen, unterbrechen und später weitermachen oder Ihre Teilnahme widerrufen; mit dem Widerruf wird gelöscht, was Sie gesagt haben. " +
      "Ihre Antworten tragen dazu bei, was als gutes Ergebnis gilt. Andere dürfen sie ohne Ihren Namen lesen. Möchten Sie teilnehmen?",
    yes: "Ja, ich nehme teil",
    no: "Nein",
  },
  chooseLanguage: "Welche Sprache möchten Sie verwenden?",
  end: {
    completed: "Das war die letzte Frage. Ihre Antworten sind festgehalten.",
    declined: "Sie werden nichts gefragt. Festgehalten wird nur, dass Sie abgelehnt haben.",
    withdrawn: "Sie haben Ihre Teilnahme widerrufen. Was Sie gesagt haben, wird gelöscht.",
  },
  aim: "Es geht um: {subject}. Was soll danach anders sein?",
  story:
    "Es geht um: {subject}. Bitte erzählen Sie von Anfang an und mit Ihren eigenen Worten, was geschehen ist. Es kann um alles gehen, was gut, schlecht oder weder gut noch schlecht lief.",
  probes: {
    what: "Was genau ist geschehen?",
    when: "Wann war das?",
    where: "Wo war das?",
    who: "Wer war noch dabei oder beteiligt?",
    more: "Was ist noch geschehen?",
  },
  negative: "Es geht um: {subject}. Was ist schlechter geworden oder hat nicht geholfen?",
  counterfactual: "Es geht um: {subject}. Was wäre Ihrer Meinung nach ohnehin geschehen, also auch ohne dies?",
  now: {
    text: "Es geht um: {subject}. Wie bewerten Sie Ihre Lage in dieser Hinsicht heute, alles in allem?",
    low: "so schlecht wie nur möglich",
    high: "so gut wie nur möglich",
  },
  then: {
    text: "Es geht um: {subject}. Denken Sie nun an die Zeit davor zurück. Wie bewerten Sie nach Ihrem heutigen Maßstab Ihre Lage, wie sie damals war?",
    low: "so schlecht wie nur möglich",
    high: "so gut wie nur möglich",
  },
  detail:
    "Bitte nennen Sie eine Sache, die sich geändert hat oder gleich geblieben ist und die jemand anderes prüfen könnte. Was ist es, seit wann, und wo wäre es zu sehen?",
  pressure: {
    text: "Hat jemand, der mit dem Anbieter zu tun hat, Sie gebeten, auf eine bestimmte Weise zu antworten, oder Ihre Antworten mit einem Vorteil oder Nachteil verbunden?",
    yes: "Ja",
    no: "Nein",
    unsaid: "Das möchte ich nicht sagen",
    what: "Was wurde gesagt oder getan, und von wem?",
  },
  values: {
    story:
      "Es geht um: {subject}. Bitte erzählen Sie von einer wirklichen Begebenheit, bei der es für Sie oder jemanden, den Sie kennen, gut lief. Was ist geschehen?",
    attend: "Denken Sie an diese Begebenheit, während es gut lief. Worauf haben Sie geachtet? Nennen Sie eine Sache.",
    another:
      "Worauf haben Sie noch geachtet, während es gut lief? Nennen Sie eine Sache, oder überspringen Sie die Frage, wenn es nichts weiter gibt.",
    sake: "Weshalb lohnt es sich, darauf zu achten?",
    sakes: {
      itself: "Es ist an sich wichtig",
      means: "Nur weil es zu etwas anderem führt",
      others: "Nur weil andere es erwarten oder gutheißen",
      unsure: "Das weiß ich nicht",
    },
    title: "Wie heißt das, was Ihnen hier wichtig ist, in wenigen Worten?",
    description: "Bitte sagen Sie es in ein oder zwei Sätzen, so dass jemand es versteht, der Sie nicht kennt.",
    confirm: "Sagt dies, was Ihnen wichtig ist?",
    yes: "Ja",
    no: "Nein, ich möchte es ändern",
  },
  cues: {
    when: (
      "gestern vorgestern heute morgens vormittags mittags nachmittags abends nachts morgen abend nacht mittag montag dienstag mittwoch " +
      "donnerstag freitag samstag sonnabend sonntag januar jänner februar märz april mai juni juli august september oktober november dezember " +
      "frühling frühjahr sommer herbst winter tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden minuten " +
      "seit seitdem wochenende weihnachten ostern uhr"
    ).split(" "),
    where: (
      "zuhause hause haus wohnung zimmer küche garten straße strasse stadt dorf park garage werkstatt büro laden geschäft schule krankenhaus " +
      "klinik praxis bahnhof kirche halle saal bibliothek autobahn arbeit online telefon draußen drinnen hier dort gebäude zentrum"
    ).split(" "),
    who: (
      "er wir ihn ihm ihnen mechaniker mechanikerin meister meisterin arzt ärztin pfleger pflegerin lehrer lehrerin chef chefin kollege " +
      "kollegin kollegen freund freundin freunde nachbar nachbarin nachbarn frau mann partner partnerin sohn tochter mutter vater bruder " +
      "schwester familie kind kinder leute person menschen team helfer helferin jemand alle niemand herr dr"
    ).split(" "),
  },
  phrasing: {
    questionMark: "?",
    self: "ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren".split(" "),
    loaded: (
      "toll super gut gute guten besser beste besten großartig wunderbar ausgezeichnet fantastisch perfekt schön schöne froh freut leider " +
      "schade schlecht schlechte schlechter schlimm schlimmer furchtbar sicher sicherlich bestimmt natürlich offensichtlich klar richtig " +
      "erfolgreich erfolg verbessert verbesserung hilfreich empfehlen zufrieden danke stimmt"
    ).split(" "),
  },
};
