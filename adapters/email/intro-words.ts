// The words of "On …, Ada wrote:" in the languages mail programs speak. All are written as `phraseKey` writes them: small, without accents.
import { phraseKeys } from './phrase-key.ts'

/** "wrote". Stems where a language bends them. */
const VERBS =
  phraseKeys(`wrote|writes|has written|said|schrieb|schrieben|schreibt|geschrieben|a écrit|écrit|ecrivait|escribió|escribio|ha escrito|escribía|escribe|escribiste|
  ha scritto|scritto|scrive|scrisse|escreveu|escreve|schreef|geschreven|schrijft|skrev|skreiv|skriver|har skrevet|kirjoitti|kirjoittaa|napisał|napisała|napisał(a)|napisal(a)|napisał/a|
  napisana przez|napisali|pisze|napsal|napsala|napsal(a)|napsal/a|píše|napísal|napísala|napísal(a)|napísal/a|napísal/-a|írta|írtad|írt|ezt írta|a scris|yazdı|yazdi|yazmış|yazmıştır|şunu yazdı|şunları yazdı|έγραψε|έγραψες|γράφει|пишет|
  писал|писала|писал(а)|писали|пишете|написал|написала|написал(а)|написали|пише|писав|написав|написала|написав(ла)|написав(-ла)|написал(-а)|напише|піша|напісаў|написа|је написао|је написао/ла|је написала|написао|написао/ла|
  napisao|napisala|napisao je|napisala je|napisao/la|je napisao|je napisala|je napisao/la|je napisal|napisal|napisal/-a|napisal/a|je pisal|piše|kirjutas|rašė|rakstīja|raksta|כתב|כתבה|כתבת|כתב/ה|كتب|كتبت|كتب/ت|نوشت|نوشته|
  写道|寫道|写到|寫到|写|的邮件|來信|のメッセージ|のメール|は書きました|さんは書きました|書きました|が書きました|さんのメッセージ|wrote|님이 작성|작성|님이 쓴 글|이 쓴 글|이(가) 쓴 글|쓴 글|썼습니다|작성함|님의 메시지|
  đã viết|viết|เขียนวา|เขียน|menulis|telah menulis|tulis|va escriure|ha escrit|escrigué|escribiu|igorleak idatzi du|idatzi du|skrifaði|ने लिखा|લખ્યું|লিখেছেন|எழுதியது|წერს|დაწერა|ka shkruar|shkroi|напиша|жазды|yazib|գրել է|scríobh|het geskryf|geskryf|
  a répondu|replied|responded|commented|posted|antwortete|meinte|sagte|dit|dixit|disse|dijo|a dit`)

const VERB_SET = new Set(VERBS)
const VERB_MAX = Math.max(...VERBS.map((verb) => verb.length))
// Chinese, Japanese, Korean and Thai put no space between words; the others do.
const SPACED =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}]/u
const UNSPACED = VERBS.filter((verb) => !SPACED.test(verb))
const VERB_WORDS_MAX = 3

export function endsWithVerb(key: string): boolean {
  for (let length = Math.min(VERB_MAX, key.length); length > 1; length--) {
    const verb = key.slice(-length)
    if (VERB_SET.has(verb) && !(SPACED.test(verb) && /\p{L}/u.test(key[key.length - length - 1] ?? ''))) return true
  }
  return false
}

export function hasVerb(key: string): boolean {
  const words = key.split(/[\s,:;]+/)
  for (let from = 0; from < words.length; from++) {
    for (let count = 1; count <= VERB_WORDS_MAX; count++) {
      if (VERB_SET.has(words.slice(from, from + count).join(' '))) return true
    }
  }
  return UNSPACED.some((verb) => key.includes(verb))
}

/** What stands before the date: "On", "Am", "Le", "W dniu" ... */
const LEADS = [
  ...new Set(
    phraseKeys(`on|at|am|le|el|il|il giorno|em|no dia|dia|op|den|på|w dniu|dnia|dne|dňa|v|v dňa|na|u|în|in|pe|la|στις|την|το|в|у|на|בתאריך|ב-|ב|في|في يوم|بتاريخ|در|در تاریخ|在|於|于|vào|vào lúc|ngày|pada|pada tanggal|pada hari|เมื่อ|a la data|kuupäev|
  missatge de|ob|dana|dne|op den|d.|di|datum|date|le jour|el día|dia|de|gli|lo|i|ter|tarih|2|þann|ar|ar|hë|më|-- on|--- on|---- on`),
  ),
]
  .filter((lead) => /\p{L}/u.test(lead))
  .sort((a, b) => b.length - a.length)
  .map((lead) => lead.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))

/** A lead and, not far behind it, a figure: nothing else begins like that but a sentence about a date. */
export const LEAD = new RegExp(
  `^[^\\p{L}\\p{N}]{0,6}(?:${LEADS.join('|')})(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}])[^\\p{N}\\n]{0,30}\\p{N}`,
  'u',
)

/** Names that quote without a date: "Quoting Ada <ada@example.org>:". They count only above marked lines. */
export const QUOTING =
  /^(?:quoting|zitat von|zitiere|quote from|citando(?: a)?|citazione da|citando|selon|citat fran|citerar|citat fra|cytowanie|cituji|цитирую|in reply to|in article|in message|dans (?:l'article|son message)|en reponse a|mensaje citado por|mensagem citada|the following message from|you wrote|du schriebst|sie schrieben|vous avez ecrit|вы писали|ты писал|ви писали)\b/u
