// Where a signature begins: the dashes of RFC 3676, and the lines that mail programs add about themselves.
import type { ReplyLine } from './reply-line.ts'

const DASHES = /^(?:--|—|––|\u2015)$/
const RULE = /^[_=-]{5,}$/
const LINES_MAX = 15
const LENGTH_MAX = 1500
const CLIENT_LENGTH_MAX = 110

const CLIENT = new RegExp(
  [
    'sent (?:from|via|with|using|on|by) (?:my |the |a )?(?:\\S+ ){0,8}\\S+',
    'get (?:the )?outlook for .{1,60}',
    'download outlook for .{1,60}',
    '(?:this (?:message|email|e-mail) was )?sent from (?:my |a )?.{1,50}',
    '(?:von|vom) mein\\w* .{1,40} (?:gesendet|verschickt|versendet)',
    '(?:diese nachricht wurde )?(?:gesendet|gesandt|verschickt|geschickt|versendet) (?:von|vom|mit|über|aus|via) .{1,50}',
    '(?:diese nachricht wurde )?von meinem .{1,50} gesendet',
    'outlook (?:für|for|voor|para|pour|per|för) .{1,50}',
    'envoyé (?:de|depuis|avec|à partir|par|via) .{1,50}',
    '(?:télécharger|obtenez|obtenir) outlook pour .{1,50}',
    'enviad[oa] (?:desde|do|da|de|a partir d|con|com|via|por|pelo) ?.{1,50}',
    '(?:obtener|obtén|descargar|obter|obtenha|baixar) (?:o )?outlook para .{1,50}',
    'inviato (?:da|dal|dalla|con|tramite) .{1,50}',
    '(?:scarica|ottieni) outlook per .{1,50}',
    '(?:verstuurd|verzonden|gestuurd) (?:vanaf|met|via|van|vanuit) .{1,50}',
    '(?:download|haal) outlook voor .{1,50}',
    '(?:skickat|skickades) (?:från|via|med) .{1,50}',
    'hämta outlook för .{1,50}',
    'sendt (?:fra|via|med) .{1,50}',
    '(?:hent|få|skaff) outlook (?:til|for) .{1,50}',
    'lähetetty .{1,50}',
    'hanki outlook .{1,50}',
    'wysłan[eoy] (?:z|ze|za pomocą|przy użyciu) .{1,50}',
    '(?:pobierz|uzyskaj) .{0,20}outlook .{1,50}',
    '(?:odesláno|odoslané|poslano|poslané) (?:z|ze|zo|iz|s|pomocí) .{1,50}',
    'küldve .{1,50}',
    '.{1,30}(?:ról|ről|ból|ből) küldve',
    'отправлено (?:из|с|со|через) .{1,60}',
    '(?:надіслано|відправлено) (?:з|із|зі|через) .{1,60}',
    'получить outlook для .{1,40}',
    '.{1,30}(?:dan|den|tan|ten) gönderildi',
    'trimis (?:de pe|din|cu) .{1,50}',
    'στάλθηκε από .{1,50}',
    '.{0,30}(?:から送信|から送信されました)',
    '(?:发自|來自|来自|发送自|傳送自|寄自)我?的? ?.{1,40}',
    '从我的 ?.{1,30}发送',
    '.{1,30}에서 보냄',
    'נשלח (?:מ|מה|באמצעות).{1,50}',
    '(?:تم الإرسال|أُرسلت|مرسل) من .{1,50}',
  ]
    .map((pattern) => `(?:${pattern})`)
    .join('|')
    .replace(/^/, '^(?:')
    .replace(/$/, ')[.!]?$'),
  'iu',
)

/** A line by which the program or phone says that it sent the mail. */
export function isClientLine({ bare }: ReplyLine): boolean {
  if (bare.length === 0 || bare.length > CLIENT_LENGTH_MAX) return false
  const words = bare.replace(/<https?:[^>]*>|\(https?:[^)]*\)|\[([^\]]*)\]/g, '$1').trim()
  return CLIENT.test(words)
}

/** How many of the lines are no signature: `lines.length` when there is none. */
export function signatureStart(lines: readonly ReplyLine[]): number {
  let length = 0
  for (let i = lines.length - 1; i > 0 && lines.length - i <= 3 * LINES_MAX; i--) {
    const line = lines[i]
    if (!line) break
    if (DASHES.test(line.bare)) return isSignature(lines.slice(i + 1)) ? i : lines.length
    if (RULE.test(line.bare) && isListFooter(lines.slice(i + 1))) return i
    length += line.raw.length
    if (length > LENGTH_MAX) break
  }
  return lines.length
}

/** A question, or a paragraph, is something the customer says. */
function isSignature(below: readonly ReplyLine[]): boolean {
  const said = below.filter(({ isBlank }) => !isBlank)
  return said.length > 0 && said.length <= LINES_MAX && !said.some(({ bare }) => /[?？]$/.test(bare))
}

function isListFooter(below: readonly ReplyLine[]): boolean {
  const said = below.filter(({ isBlank }) => !isBlank)
  return (
    said.length > 0 &&
    said.length <= 6 &&
    /mailing list|mailinglist|unsubscribe|listinfo|google groups|groups\.google/i.test(
      said.map(({ bare }) => bare).join(' '),
    )
  )
}
