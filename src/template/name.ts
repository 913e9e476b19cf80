// Whether we know a person's first name. "Hello" is polite; "Hi Support" or "Hi J" is not: when in doubt there is none.

/** A name is a few words; what is longer is a sentence. */
const NAME_LENGTH_MAX = 80
const WORDS_MAX = 5

/** The first name to greet by, or undefined when unsure. `address` is the person's mail address, where there is one. */
export function firstName(displayName: string | undefined, address?: string): string | undefined {
  const name = tidy(displayName ?? '')
  if (name === '' || name.length > NAME_LENGTH_MAX || isNoPerson(name, address)) return undefined
  const words = inSpokenOrder(name)?.split(' ') ?? []
  const titles = words.findIndex((word) => !TITLE.test(word))
  const spoken = words.slice(titles)
  // After "Dr." or "Frau" a single word is the family name; -1 are titles alone.
  if (titles === -1 || spoken.length > WORDS_MAX || (titles > 0 && spoken.length === 1)) return undefined
  const word = given(spoken, address)
  return word && isName(word) ? capitalize(word) : undefined
}

/**
 * How a person is called who writes under a title and a family name alone, `Frau Müller`, or under a name whose order we
 * cannot tell, `王小明`: by all of it. Undefined for everybody else.
 */
export function formalName(displayName: string | undefined): string | undefined {
  const name = tidy(displayName ?? '')
  if (name === '' || name.length > NAME_LENGTH_MAX) return undefined
  if (WHOLE_NAME.test(name)) return ROLE_SIGNS.test(name) ? undefined : name
  if (isNoPerson(name, undefined) || name.includes(',')) return undefined
  const words = name.split(' ')
  const titles = words.slice(0, -1)
  const family = words.at(-1) ?? ''
  const isTitled = titles.length > 0 && titles.every((word) => TITLE.test(word)) && ADDRESSED.test(titles[0] ?? '')
  return isTitled && isName(family) && !TITLE.test(family) ? [...titles, capitalize(family)].join(' ') : undefined
}

/** Two to four signs of a Chinese or Korean name, or a Japanese one, written in nothing else. */
const WHOLE_NAME =
  /^(?:[\p{Script=Han}々]{2,4}|[\p{Script=Han}々]{1,3} [\p{Script=Han}々\p{Script=Hiragana}\p{Script=Katakana}]{1,4}|[\p{Script=Hangul}]{2,4})$/u

/** What companies, teams and desks are called with. */
const ROLE_SIGNS = /客[服户]|公司|[会會]社|集[团團]|支持|团队|[销銷]售|商店|部$|센터|고객|팀$|회사|영업|지원|관리/

/** Titles by which people are spoken to. */
const ADDRESSED =
  /^(?:mr|mrs|ms|mx|dr|prof|herr|frau|m|mme|mlle|monsieur|madame|sr|sra|señor|señora|signor|signora|dhr|mevr|pan|pani)\.?$/i

/** Without decoration: emoji, quotes, remarks in brackets, "via Group". */
function tidy(name: string): string {
  return name
    .slice(0, 4 * NAME_LENGTH_MAX)
    .normalize('NFC')
    .replace(/[([{<][^)\]}>]*[)\]}>]/g, ' ')
    .replace(DECORATION, ' ')
    .replace(/ (?:via|from|von|at) .*$/i, '')
    .replace(/\s+/g, ' ')
    .replace(/^['’ .,-]+|['’ ,-]+$/g, '')
}

/** Emoji, flags and keycaps with what joins them, control and direction marks, quotation marks. */
const DECORATION = /\p{Extended_Pictographic}|[\p{So}\p{Sk}\p{Cf}\p{Cc}\p{Cs}]|\p{RI}|\u{fe0f}|\u{20e3}|[“”„«»"]/gu

/** Companies, roles, machines, couples, addresses and nicknames; and names whose order we cannot tell. */
function isNoPerson(name: string, address: string | undefined): boolean {
  if (/[@/\\|&+_:;=#*~^$%!?\d]|\.\w{2}|www\.| [-–—] |['’]s\b/i.test(name)) return true
  if (FAMILY_FIRST.test(name)) return true
  const words = name.toLowerCase().split(/[ ,.-]+/)
  if (words.some((word) => NOT_A_PERSON.has(word))) return true
  // `Amazon <orders@amazon.com>` is called like its domain.
  const domain = address?.toLowerCase().split('@')[1]?.split('.') ?? []
  return domain.slice(0, -1).some((label) => label.length > 2 && label === words.filter(Boolean).join(''))
}

/** Chinese, Japanese, Korean and (by the letters only it has) Vietnamese: the family name usually comes first. */
const FAMILY_FIRST =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u{1ea0}-\u{1ef9}\u{1a0}\u{1a1}\u{1af}\u{1b0}]/u

/** `Last, First` as `First Last`; degrees after a comma are left out. Undefined when the commas make no sense. */
function inSpokenOrder(name: string): string | undefined {
  const parts = name.split(/ ?, ?/).filter((part) => part !== '' && !DEGREE.test(part))
  if (parts.length === 1) return parts[0]
  return parts.length === 2 ? `${parts[1]} ${parts[0]}` : undefined
}

function given(words: string[], address: string | undefined): string | undefined {
  const [first = '', second, third = ''] = words
  // Фамилия Имя Отчество: who ends with the patronymic begins with the family name.
  if (/(?:вич|вна|ична)$/.test(third)) return second
  if (second === undefined) return isSure(first, address) ? first : undefined
  const shouting = words.filter(isShouted)
  if (shouting.length === 0 || shouting.length === words.length) return first
  // `DUPONT Jean` and `Jean DUPONT`: the family name is the loud one. `JP Morgan` could be anything.
  return shouting.some((word) => word.length <= 3) ? undefined : words.find((word) => !isShouted(word))
}

/** A word alone is a name if it is written like one, or if the address begins with it. */
function isSure(word: string, address: string | undefined): boolean {
  const [local = ''] = address?.toLowerCase().split('@') ?? []
  return (
    local.split(/[._+-]/)[0] === word.toLowerCase() ||
    /^\p{Lu}[\p{Ll}\p{M}]+(?:['’-]\p{Lu}[\p{Ll}\p{M}]+)*$/u.test(word)
  )
}

/** Two letters at least, and no abbreviation. */
function isName(word: string): boolean {
  const shape = /^\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*$/u
  return shape.test(word) && [...word].length >= 2 && [...word].length <= 30
}

function isShouted(word: string): boolean {
  return word.replaceAll('.', '').length > 1 && word === word.toUpperCase() && word !== word.toLowerCase()
}

/** Only what was written without care is changed: `ANNA-LENA` and `anna-lena`, never `DeAndre`. */
function capitalize(word: string): string {
  if (!isShouted(word) && word !== word.toLowerCase()) return word
  return word
    .toLowerCase()
    .replace(/(^|['’-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
}

const TITLE =
  /^(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lady|lord|herr|frau|mme|mlle|monsieur|madame|sr|sra|dipl-ing|ing|rev|fr|señor|señora|signor|signora|dhr|mevr|pan|pani|doña|don)\.?$/i
const DEGREE = /^(?:ph\.? ?d|m\.? ?d|m\.?sc|b\.?sc|m\.?a|b\.?a|mba|jr|sr|ii|iii|iv|esq|cpa|rn|pmp)\.?$/i

const NOT_A_PERSON = new Set(
  `account accounting accounts admin administration administrator ag agency alert alerts and association auto bank bill
  billing bot bv booking bookings care center centre club co company contact corp corporation crew customer customers
  daemon dept department desk donotreply dpo e.v enquiries ev events family feedback finance foundation gbr gmbh group
  head hello help helpdesk hi holding hotel hotline hr inc info information inquiries institute international invoice
  invoices it jobs kg kundenservice kundendienst legal limited llc llp ltd mail mailer manager marketing media me member
  moderator news newsletter no noreply notification notifications nobody null ohg office oder operations order orders oy
  parts payment payments postmaster press privacy purchasing reception recruiting reply return returns root sa sales sarl
  school secretary security service services shipping shop solutions spa srl sro staff store studio subscriptions
  support system systems team tech technical test the und undefined university unknown user verein vertrieb webmaster
  your y`.split(/\s+/),
)
