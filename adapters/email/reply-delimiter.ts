// "##- Please type your reply above this line -##": a help desk tells the customer, and us, where their words end.
import { phraseKeys } from './phrase-key.ts'
import { keyOf, type ReplyLine } from './reply-line.ts'

const anyOf = (phrases: string) => new RegExp([...new Set(phraseKeys(phrases))].join('|'), 'u')
const DELIMITER_MAX = 200
/** What is said of the line, in the words between "reply" and "line". */
const ABOVE_LINE =
  anyOf(`above this line|above the line|over this line|above the dotted line|before this line|above this email|above this message|
    above this text|above this marker|above this delimiter|below this line|under this line|beneath this line|
    über dieser linie|über dieser zeile|über diese linie|über diese zeile|oberhalb dieser linie|oberhalb dieser zeile|oberhalb der linie|über der linie|ueber dieser zeile|
    ueber dieser linie|unterhalb dieser linie|unterhalb dieser zeile|unter dieser linie|au-dessus de cette ligne|au dessus de cette ligne|ci-dessus de cette ligne|
    en dessous de cette ligne|sous cette ligne|au-dessus de la ligne|encima de esta línea|arriba de esta línea|sobre esta línea|por debajo de esta línea|
    sopra questa riga|sopra questa linea|sopra di questa riga|sopra di questa linea|di sopra di questa|sotto questa riga|sopra la linea|acima desta linha|acima dessa linha|
    abaixo desta linha|boven deze regel|boven deze lijn|onder deze regel|onder deze lijn|ovanför den här raden|ovanför denna rad|ovanför den här linjen|
    ovanför denna linje|nedanför denna|over denne linje|over denne linjen|over linjen|under denne linje|under denne linjen|over denne raden|ovenfor denne linje|
    tämän rivin yläpuolelle|tämän viivan yläpuolelle|tämän rivin ylle|powyżej tej linii|nad tą linią|powyżej tego wiersza|poniżej tej linii|
    nad tento řádek|nad tímto řádkem|nad tuto linii|nad touto čárou|nad tento riadok|nad týmto riadkom|nad túto čiaru|e sor fölé|ezen sor fölé|a vonal fölé|e fölé a sor fölé|
    deasupra acestei linii|deasupra acestui rând|bu satırın üst|bu çizginin üst|bu satırın yukarı|πάνω από αυτή τη γραμμή|πάνω από αυτήν τη γραμμή|πάνω από τη γραμμή|
    выше этой строки|выше этой линии|выше этой черты|над этой строкой|над этой линией|над этой чертой|выше данной строки|ниже этой строки|ниже этой линии|
    вище цієї лінії|вище цього рядка|над цією лінією|над цим рядком|вище цієї риски|над този ред|над тази линия|iznad ove linije|iznad ovog retka|nad to vrstico|nad to črto|
    ülal seda rida|selle rea kohale|virš šios linijos|virš šios eilutės|virs šīs līnijas|מעל שורה זו|מעל לשורה זו|מעל השורה הזו|מעל הקו|מעל לקו|
    فوق هذا السطر|أعلى هذا السطر|فوق هذا الخط|أعلى هذا الخط|بالای این خط|在此行上方|此行以上|在此行之上|此线以上|在此线上方|在這行上方|此行上方|在这行上方|在本行上方|在此線上方|
    この行より上|この線より上|この行の上|この線の上|この行以上|이 줄 위|이 선 위|이 라인 위|이 행 위|trên dòng này|bên trên dòng này|เหนือบรรทัดนี้|เหนือเส้นนี้|
    di atas baris ini|di atas garis ini|per sobre d'aquesta línia`)
/** What somebody is asked to do there. Stems: the languages bend them. */
const ASKS =
  anyOf(`reply|respond|response|answer|type|write|comment|enter|edit|text|antwort|erwider|schreib|eingeb|geben|répon|saisi|écri|respond|respuest|escrib|
    contest|rispon|rispost|scriv|digit|respost|escrev|antwoord|reageer|typ|reactie|svar|skriv|vasta|kirjoit|odpowied|odpisz|wpis|odpov|odpo|napis|odpis|válasz|ír|răspun|scri|yanıt|
    cevap|yaz|απαντ|γράψ|πληκτρ|ответ|введ|пиш|напи|відпов|введ|отговор|odgovor|vasta|kirjuta|atsaky|atbild|תשוב|הקלד|השב|כתוב|ענה|רשום|رد|اكتب|الرد|پاسخ|回复|回覆|答复|輸入|输入|
    返信|入力|記入|답장|회신|작성|입력|trả lời|phản hồi|nhập|ตอบ|พิมพ์|balas|ketik|tulis`)
const SHORT = /^(?:please )?(?:type |write |enter )?(?:your )?(?:reply|respond|response) (?:here )?above(?: here)?$/
const DECORATION = /^[^\p{L}\p{N}\s.!]{2}$/u
const WORD = /[\p{L}\p{N}]/u
const REQUEST_MAX = 100
const REQUEST_WORDS_MAX = 14

export function isReplyDelimiter(line: ReplyLine): boolean {
  if (line.view.length < 8 || line.view.length > DELIMITER_MAX) return false
  const key = keyOf(line)
  const place = ABOVE_LINE.exec(key)?.[0]
  if (!place && !key.includes('above')) return false
  const decorated = DECORATION.test(key.slice(0, 2)) || DECORATION.test(key.slice(-2))
  const bare = wordsOf(key)
  if (decorated && (SHORT.test(bare) || (place && (ASKS.test(key) || bare.startsWith(place))))) return true
  // Undecorated it must be the whole line: a customer may well write of the line above a line.
  const short = bare.length <= REQUEST_MAX && bare.split(' ').length <= REQUEST_WORDS_MAX
  return place !== undefined && short && ASKS.test(key)
}

/** Without what is drawn around it. */
function wordsOf(key: string): string {
  let from = 0
  let to = key.length
  while (from < to && !WORD.test(key[from] ?? '')) from++
  while (to > from && !WORD.test(key[to - 1] ?? '')) to--
  return key.slice(from, to)
}
