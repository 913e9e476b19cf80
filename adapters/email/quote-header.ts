// Outlook and those that came after it put no mark before what they quote, only its header: who, when, to whom, about what.
import { type ReplyLine, withoutEmphasis, withoutQuoteMarks } from './reply-line.ts'

export type Field = 'from' | 'sent' | 'to' | 'cc' | 'subject'

const LABELS: Record<Field, string> = {
  from: 'from|von|de|da|van|från|fra|od|от|от кого|від|від кого|lähettäjä|kimden|gönderen|από|feladó|发件人|发件者|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|보낸이|מאת|من|de la|expéditeur|mittente|remitente|afzender|absender|pošiljatelj|šalje|saatja|nuo|kellelt|từ|จาก|dari|frá|avsändare|avsender|nadawca|odosielateľ|odesílatel|expeditor|подател',
  sent: 'sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|date d’envoi|enviado|enviado el|enviada|enviada em|enviado em|fecha|data|inviato|data invio|verzonden|skickat|sendt|sendt den|dato|wysłano|wysłane|data wysłania|отправлено|дата|дата отправки|надіслано|відправлено|odesláno|odoslané|odoslaný|poslano|poslané|dátum|küldve|elküldve|küldés ideje|lähetetty|päivä|päiväys|päivämäärä|gönderildi|gönderilen|gönderme tarihi|gönderilme tarihi|tarih|trimis|trimisă|στάλθηκε|εστάλη|ημερομηνία|发送时间|发送日期|日期|时间|寄件日期|傳送時間|送信日時|送信日|日時|日付|보낸 날짜|보낸날짜|날짜|보낸 시간|נשלח|תאריך|تاريخ|أُرسلت|تم الإرسال|изпратено|poslato|saadetud|išsiųsta|ngày|đã gửi|วันที่|tanggal|dikirim',
  to: 'to|an|à|a|al|para|aan|till|til|do|кому|до|komu|pro|címzett|vastaanottaja|kime|alıcı|προς|către|收件人|收件者|宛先|받는 사람|받는사람|אל|إلى|za|prima|adresat|destinataire|destinatario|destinatário|empfänger|adresát|kellele|kam|tới|ถึง|kepada',
  cc: 'cc|bcc|kopie|kopia|kopi|copie|copia|cópia|копия|копія|kopie an|másolatot kap|kopio|bilgi|κοιν|抄送|副本|참조|עותק|نسخة|dw|ccn|cci',
  subject:
    'subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|předmět|predmet|tárgy|aihe|konu|θέμα|subiect|主题|主題|主旨|标题|件名|제목|נושא|الموضوع|относно|teema|tema|tiêu đề|chủ đề|เรื่อง|subjek|efni',
}

/** A line that is no field's beginning may go on with the field above. */
const CONTINUED_MAX = 3
const BLOCK_LINES_MAX = 14

const FIELD = new Map<string, Field[]>()
for (const [field, labels] of Object.entries(LABELS) as [Field, string][]) {
  for (const label of labels.split('|')) FIELD.set(label, [...(FIELD.get(label) ?? []), field])
}

/** The fields that a line may begin; a label can mean one thing here and another there. */
function fieldsOf(line: ReplyLine): Field[] {
  const bare = withoutEmphasis(withoutQuoteMarks(line.bare))
  const colon = /^([^:：]{1,24}?)\s?\*{0,2}\s?[:：]/u.exec(bare)
  return colon?.[1] === undefined ? [] : (FIELD.get(colon[1].replaceAll('*', '').trim().toLowerCase()) ?? [])
}

const ADDRESS_OR_DATE = /@|\b(?:19|20)\d\d\b|\d{1,2}[:.]\d{2}\b|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}年/

/**
 * Where the block that begins at this line ends (the line after it), or undefined when there is none. It takes a sender, a date
 * or subject and one field more, and an address or a date in them: a traveller's "From: Berlin, To: Paris" has none.
 */
export function headerBlockEnd(lines: readonly ReplyLine[], at: number): number | undefined {
  const found = new Set<Field>()
  let proofs = 0
  let end = at
  for (const { index, fields, bare } of fieldLines(lines, at)) {
    const field = fields.find((candidate) => !found.has(candidate)) ?? fields[0]
    if (field) found.add(field)
    if (ADDRESS_OR_DATE.test(bare)) proofs++
    end = index + 1
  }
  const isWhole = found.size >= 3 && found.has('from') && (found.has('sent') || found.has('subject'))
  return isWhole && proofs > 0 ? end : undefined
}

/** What the block that begins at this line says, each field as it stands. */
export function readHeaderBlock(lines: readonly ReplyLine[], at: number): Map<Field, string> | undefined {
  const end = headerBlockEnd(lines, at)
  if (end === undefined) return undefined
  const said = new Map<Field, string>()
  const starts = [...fieldLines(lines, at)]
  for (const [n, { index, fields }] of starts.entries()) {
    const field = fields.find((candidate) => !said.has(candidate))
    if (!field) continue
    const own = lines.slice(index, starts[n + 1]?.index ?? end).map(({ bare }) => withoutQuoteMarks(bare))
    said.set(
      field,
      own
        .join(' ')
        .replace(/^[^:：]{1,40}[:：]\s?/u, '')
        .replaceAll('**', '')
        .trim(),
    )
  }
  return said
}

/** The lines from here on that begin a field, as long as they stand together. */
function* fieldLines(
  lines: readonly ReplyLine[],
  at: number,
): Generator<{ index: number; fields: Field[]; bare: string }> {
  let continued = 0
  for (let index = at; index < Math.min(lines.length, at + BLOCK_LINES_MAX); index++) {
    const line = lines[index]
    // Some mailers write an empty line between all of them.
    if (line?.isBlank && index > at && beginsField(lines[index + 1])) continue
    if (!line || line.isBlank) return
    const fields = fieldsOf(line)
    if (fields.length > 0) {
      continued = 0
      yield { index, fields, bare: line.bare }
    } else if (index === at || ++continued > CONTINUED_MAX) return
  }
}

function beginsField(line: ReplyLine | undefined): boolean {
  return line !== undefined && fieldsOf(line).length > 0
}
