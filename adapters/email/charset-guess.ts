// Which charset bytes are in when nobody says: each candidate is tried, and the one that gives the likeliest words wins.
// Detectors made for web pages are lost with a subject of two words, which is what is left to guess in mail.
const READ_BYTES_MAX = 32 * 1024

/** Where a language keeps its common characters: pairs whose first byte lies in one of these ranges. */
const MULTI_BYTE: { charset: string; common: [number, number][]; frequent: string }[] = [
  {
    charset: 'gb18030',
    common: [
      [0xa1, 0xa3],
      [0xb0, 0xd7],
    ],
    frequent:
      '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产新制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运您请订单货款退',
  },
  {
    charset: 'big5',
    common: [
      [0xa1, 0xa3],
      [0xa4, 0xc6],
    ],
    frequent:
      '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產新制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市您請訂單貨款退謝',
  },
  {
    charset: 'euc-kr',
    common: [
      [0xa1, 0xa3],
      [0xb0, 0xc8],
    ],
    frequent:
      '이다는의에가을를한은하고사지로기아니도있어나시리자그대해인서정수요주전일보안녕세습입합문제배송환불품상구매신청감과장부원동만성들여무소우면것라조스유치위비중연방경오관선게거공교등미용학국실계영말식생히려러터야저너',
  },
  {
    charset: 'euc-jp',
    common: [
      [0xa4, 0xa5],
      [0xb0, 0xcf],
    ],
    frequent: '',
  },
  {
    charset: 'shift_jis',
    common: [
      [0x81, 0x83],
      [0x88, 0x98],
    ],
    frequent: '',
  },
]
const SINGLE_BYTE = [
  'windows-1252',
  'windows-1251',
  'koi8-r',
  'windows-1250',
  'windows-1253',
  'windows-1255',
  'windows-1254',
]
const KANA = /[\u3041-\u30fe]/
const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]/
const LIKELY_LATIN = /[äöüßéèêëàâáíóúñçîïôûåæøãõìòùœ’“”„–—€«»¡¿°]/i
const EASTERN_LATIN = /[ąćęłńśźżčďěňřšťůžőűășț]/i
const TURKISH = /[ğışİ]/i
const FREQUENT_CYRILLIC = /[оеаинтсрвлкмдпу]/i
const OTHER_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}]/u
const GREEK = /\p{Script=Greek}/u
const ACCENTED_GREEK = /[άέήίόύώ]/i
const LETTER = /\p{L}/u
const UPPER = /\p{Lu}/u
const LOWER = /\p{Ll}/u

/** Always the name of one that can be decoded; windows-1252 when nothing speaks for anything. */
export function guessCharset(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, READ_BYTES_MAX)
  const scores = [
    ...SINGLE_BYTE.map((charset) => ({ charset, score: scoreSingle(sample, charset) })),
    ...MULTI_BYTE.map(({ charset, common, frequent }) => ({
      charset,
      score: scoreMulti(sample, charset, common, frequent),
    })),
  ]
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).charset
}

function scoreMulti(bytes: Uint8Array, charset: string, common: [number, number][], frequent: string): number {
  let score = 0
  let high = 0
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0
    if (lead < 0x80) continue
    high += 2
    const char = new TextDecoder(charset).decode(bytes.subarray(i, i + 2))
    if ([...char].length !== 1 || char === '\ufffd')
      score -= 2 // A sample may end in the middle of one, so this rules nothing out.
    else if (KANA.test(char))
      score += frequent === '' ? 2 : 0 // Chinese and Korean charsets have them, and no use for them.
    else if (frequent.includes(char)) score += 2
    else if (CJK.test(char) && common.some(([from, to]) => lead >= from && lead <= to)) score += 1
    else score -= 1
    if ([...char].length === 1) i++
  }
  return high === 0 ? 0 : score / high
}

function scoreSingle(bytes: Uint8Array, charset: string): number {
  const text = new TextDecoder(charset).decode(bytes)
  let score = 0
  let high = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char < '\x80') continue
    high++
    score += likelihood(char, text[i - 1] ?? '', text[i + 1] ?? '', charset)
  }
  return high === 0 ? 0 : score / high
}

/** How well a character beyond ASCII fits where it stands, from -2 to a little over 1. */
function likelihood(char: string, before: string, next: string, charset: string): number {
  if (char < '\xa0' || char === '\ufffd') return -2
  if (OTHER_SCRIPT.test(char)) return otherScript(char, before, next)
  if (UPPER.test(char) && LOWER.test(before)) return -1
  if (char === '№') return 0.5
  return latin(char, LETTER.test(before), LETTER.test(next), before > '\x7f' && next > '\x7f', charset)
}

function otherScript(char: string, before: string, next: string): number {
  if (/[a-z]/i.test(before) || /[a-z]/i.test(next)) return -1
  if (char >= '\u05d0' && char <= '\u05ea') return 0.84
  // Read in the wrong one of the two Russian charsets, small and capital letters change places.
  if (UPPER.test(char) && LOWER.test(before)) return -1
  if (UPPER.test(char) && UPPER.test(before) && LOWER.test(next)) return -0.5
  if (GREEK.test(char)) return greek(char, next)
  if (!LETTER.test(char)) return -0.6
  if (FREQUENT_CYRILLIC.test(char)) return 0.9
  return /[а-яё]/i.test(char) ? 0.7 : 0.2
}

function greek(char: string, next: string): number {
  if (char === 'ς' && LETTER.test(next)) return -0.5
  return ACCENTED_GREEK.test(char) ? 1.2 : 0.6
}

function latin(char: string, after: boolean, ahead: boolean, amidHigh: boolean, charset: string): number {
  const inWord = after || ahead
  if (LIKELY_LATIN.test(char)) {
    // Western words have an accent here and there; a run of them is something else.
    if (after && ahead && amidHigh) return -0.5
    return !LETTER.test(char) || inWord ? 0.8 : 0
  }
  const regional = charset === 'windows-1250' ? EASTERN_LATIN : charset === 'windows-1254' ? TURKISH : undefined
  if (regional?.test(char)) return inWord ? 0.75 : 0
  return LETTER.test(char) ? -0.3 : -0.6
}
