import { normalise } from "../text/normalise.ts";

/** What makes a text read like instructions to a machine. */
export type InstructionFeature =
  "override" | "addressed" | "frame" | "answer" | "mark" | "secrecy" | "task" | "encoded";

export interface InstructionHit {
  readonly feature: InstructionFeature;
  /** The place, shortened. */
  readonly sample: string;
}

const ANSWER = "(?:answers?|responses?|reply|replies|outputs?|message)";
const ANSWER_VERBS =
  "add|include|insert|append|integrate|modify|augment|enhance|use|provide|render|replace|remove|rearrange|misspell|scramble|jumble|group|combine|" +
  "convert|present|introduce|express|write|substitute|anagram|end|begin|start|embed|encode|format|limit";
const TASKS =
  "explain|describe|translate|summari[sz]e|draft|compose|write|develop|provide|break down|show me|list|generate|create|give me";
const THINGS =
  "poem|story|essay|letter|speech|introduction|song|function|program|script|example|equivalent|sentence|paragraph|following|process|" +
  "life ?cycle|plot|theory|python|javascript|haiku|joke|summary";

/** Patterns in several languages, all on lower-case text as people see it; each may be wrong, and none changes a score. */
const PATTERNS: readonly (readonly [InstructionFeature, RegExp])[] = [
  [
    "override",
    /\b(?:ignore|disregard|forget|override|bypass|overlook|skip)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|other|all|any|your|the|these|those)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|directions|guidelines|context|criteria|rubrics?|orders|constraints)\b/,
  ],
  [
    "override",
    /\b(?:ignoriere|ignorieren sie|missachte|vergiss|vergessen sie)\b[^.\n]{0,60}(?:anweisung|instruktion|regel|vorgabe|kriteri|prompt)/,
  ],
  [
    "override",
    /\b(?:ignore[zr]?|oublie[zr]?|ne (?:tiens|tenez) pas compte)\b[^.\n]{0,60}\b(?:instructions?|consignes?|règles?|critères?|directives?)/,
  ],
  [
    "override",
    /\b(?:ignor[ae]|ignorar|ignore|olvida|olvide|esqueça|desconsidere|haz caso omiso)\b[^.\n]{0,60}(?:instruccion|instruç|instruco|indicacion|reglas|regras|criterios|critérios|órdenes)/,
  ],
  ["override", /\b(?:ignora|ignorate|dimentica|trascura)\b[^.\n]{0,60}\b(?:istruzion|regol|criteri|indicazion)/],
  [
    "override",
    /\b(?:negeer|vergeet|zignoruj|zapomnij|bortse från|ignorera|ignorér)\b[^.\n]{0,60}(?:instruc|regels|aanwijzing|polece|instrukc|zasad|reglerna|instrukt)/,
  ],
  ["override", /(?:игнорируй|проигнорируй|забудь|не обращай)(?:те)?[^.\n]{0,60}(?:инструкци|указани|правил|критери)/],
  [
    "override",
    /(?:önceki|yukarıdaki|tüm)[^.\n]{0,40}(?:talimat|kural|yönerge)[^.\n]{0,40}(?:yok say|unut|dikkate alma|görmezden)/,
  ],
  ["override", /(?:忽略|无视|無視|忘记|忘記|不要理会)[^。\n]{0,20}(?:指令|指示|提示|说明|說明|规则|規則|标准|標準)/],
  ["override", /(?:指示|命令|ルール|プロンプト|基準)[^。\n]{0,15}(?:無視|忘れ)/],
  ["override", /(?:지시|명령|규칙|기준|프롬프트)[^.\n]{0,20}(?:무시|잊)/],
  ["override", /(?:تجاهل|تجاهلي|انس)[^.\n]{0,40}(?:التعليمات|الأوامر|القواعد|المعايير|تعليمات)/],
  ["override", /(?:निर्देश|नियम|आदेश)[^।\n]{0,40}(?:अनदेखा|नज़रअंदाज|भूल)/],
  [
    "addressed",
    /\b(?:dear|note (?:to|for)|attention|hey|hello|message (?:to|for)|instructions? (?:to|for))\s*:?\s*(?:the |any |all )?(?:ai\b|a\.i\.|llm|language model|chatbot|chatgpt|gpt|(?:ai )?(?:judge|grader|evaluator|assessor|assistant)s?\b)/,
  ],
  [
    "addressed",
    /\b(?:as an ai|if you(?:'re| are) an? (?:ai|llm|language model|bot|machine|automated)|you are (?:now )?(?:an? )?(?:ai|llm|language model|chatgpt|helpful assistant|judge|grader|evaluator))\b/,
  ],
  [
    "addressed",
    /\b(?:als ki|als sprachmodell|en tant qu['’]ia|como (?:una )?(?:ia|modelo de lenguaje)|come (?:ia|modello linguistico)|como modelo de linguagem)\b|作为(?:一个)?(?:ai|人工智能|语言模型)|как (?:ии|языковая модель)/,
  ],
  [
    "frame",
    /<\|[^|\n]{1,40}\|>|\[\/?inst\]|<<\/?sys>>|^\s*#{2,}\s*(?:instructions?|system|response)\b|\b(?:system|developer)\s+(?:prompt|message|override|note)\b|^\s*(?:system|assistant|developer)\s*:/m,
  ],
  [
    "frame",
    /\b(?:new|updated|revised|additional|hidden|special|important) (?:instructions?|prompt|task|rules) *[:-]|\b(?:end|begin|start)(?:ing)? of (?:the )?(?:document|evidence|report|transcript|system|prompt|instructions)\b/,
  ],
  [
    "answer",
    new RegExp(
      `(?:^|[.!?:;"\\n>*]\\s*|\\b(?:and|please|then|must|should) )(?:${ANSWER_VERBS})\\b[^.!?\\n]{0,110}\\b(?:your|the) ${ANSWER}\\b`,
    ),
  ],
  [
    "answer",
    new RegExp(`\\b(?:in|with|to|of|throughout) your (?:[a-z]+ )?${ANSWER}(?:,| (?:to|by|with|in|must|should|that))`),
  ],
  [
    "answer",
    /\b(?:anagrams? (?:every|for)|misspell every|every (?:second|third|fourth|fifth|other) (?:word|letter)|vowels with)\b/,
  ],
  [
    "mark",
    /(?<!\b(?:i|we|i'd|we'd|would|i will|i'll|they|he|she|people|to|can|could) )\b(?:give|award|assign|grant|return|output|report|score|rate|grade|mark)\b[^.\n]{0,50}\b(?:(?:full|maximum|max|highest|top|perfect|best possible) (?:marks?|scores?|ratings?|points|grade)|10\s*\/\s*10|100\s*(?:%|\/\s*100|points)|10,?000|five stars|as (?:met|satisfied|fulfilled|passed))/,
  ],
  [
    "mark",
    /["']?\b(?:verdict|score|rating|result|grade|answer)\b["']?\s*[:=]\s*["']?(?:met|not met|pass(?:ed)?|10(?:\/10)?|100|10000|1\.0|true)\b/,
  ],
  [
    "mark",
    /(?:gib|geben sie|vergib|bewerte)[^.\n]{0,60}(?:volle punktzahl|höchste|bestnote|100 punkte|erfüllt)|(?:donne[zr]?|attribue[zr]?)[^.\n]{0,50}(?:note maximale|meilleure note|10 sur 10)|(?:otorga|asigna|califica|dê|atribua|assegna|dai)\b[^.\n]{0,50}(?:puntuación máxima|máxima puntuación|nota máxima|pontuação máxima|punteggio massimo|massimo dei voti)/,
  ],
  [
    "mark",
    /(?:поставь|оцени|присвой)(?:те)?[^.\n]{0,50}(?:максимальн|высш)|(?:给|給|打)[^。\n]{0,12}(?:满分|滿分|最高分)|(?:満点|最高(?:点|評価))を?[^。\n]{0,6}(?:付け|与え|つけ)|만점을|(?:أعط|امنح)[^.\n]{0,40}(?:الدرجة الكاملة|أعلى درجة)/,
  ],
  [
    "secrecy",
    /\b(?:do not|don't|never) (?:mention|reveal|disclose|tell|show|repeat|quote|say anything about)\b[^.\n]{0,40}\b(?:instructions?|prompt|note|message|that you)\b/,
  ],
  [
    "task",
    new RegExp(
      `(?:^|[.!?\\n]\\s*)(?:please )?(?:can you |could you )?(?:${TASKS})\\b[^.!?\\n]{0,40}\\b(?:${THINGS})\\b`,
    ),
  ],
  [
    "encoded",
    /(?<![\w/=&?.%+-])(?=[a-z0-9+/]*\d)(?=[a-z0-9+/]*[a-z])[a-z0-9+/]{64,}={0,2}(?![\w/])|(?:\\u[0-9a-f]{4}){8,}|(?:%[0-9a-f]{2}){16,}|(?:\b[01]{8}\s){8,}/,
  ],
];

/**
 * Whether a text reads like instructions to a machine, by plain patterns in several languages. Known to miss most of what a forger takes
 * care with; it only sends people to look, and never changes a score.
 * @returns at most one hit of each feature, by name
 */
export function instructionsIn(text: string): InstructionHit[] {
  const seen = normalise(text).text.toLowerCase();
  const hits = new Map<InstructionFeature, InstructionHit>();
  for (const [feature, pattern] of PATTERNS) {
    if (hits.has(feature)) continue;
    const found = pattern.exec(seen);
    if (found !== null) hits.set(feature, { feature, sample: shorten(found[0]) });
  }
  return [...hits.values()].sort((one, other) => (one.feature < other.feature ? -1 : 1));
}

function shorten(text: string): string {
  const points = Array.from(text.trim());
  return points.length <= 80 ? points.join("") : `${points.slice(0, 77).join("")}...`;
}
