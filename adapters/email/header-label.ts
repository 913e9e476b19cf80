// The names mail programs give to a quoted mail's header lines ("From:", "Von:", "发件人："), and what each stands for.
import { phraseKey, phraseKeys } from './phrase-key.ts'
import type { ReplyLine } from './reply-line.ts'

export type LabelKind = 'from' | 'sent' | 'to' | 'copy' | 'subject' | 'other'

export interface Label {
  kind: LabelKind
  value: string
}

const NAMES: Record<LabelKind, string> = {
  from: `From|Von|De|Expéditeur|Remitente|Da|Mittente|Remetente|Van|Afzender|Från|Fra|Avsändare|Afsender|Avsender|
    Lähettäjä|Od|Nadawca|Odesílatel|Odosielateľ|Feladó|De la|Expeditor|Kimden|Gönderen|Από|Αποστολέας|От|От кого|Отправитель|
    Від|Від кого|Відправник|Ад|Подател|Од|Šalje|Pošiljatelj|Saatja|Kellelt|No|Nuo|Siuntėjas|Sūtītājs|מאת|מ|من|از|فرستنده|المرسل|
    发件人|寄件者|寄件人|發件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이|발신자|Từ|Người gửi|จาก|Dari|Daripada|Pengirim|
    Nork|Bidaltzailea|Frá|Remitent|प्रेषक|Nga|O`,
  sent: `Sent|Date|Sent on|Sent at|Date sent|Sent date|Date/Time|Gesendet|Datum|Gesendet am|Datum/Uhrzeit|Envoyé|Envoyé le|Date d'envoi|Envoye le|
    Enviado|Enviado el|Enviado a las|Fecha|Fecha de envío|Enviada|Enviada em|Enviado em|Enviado a|Enviada a|Data|Data de envio|Data e hora|Inviato|Inviato il|
    Data invio|Data di invio|Verzonden|Verzonden op|Verstuurd|Skickat|Skickat den|Sendt|Sendt den|Dato|Lähetetty|Päivämäärä|Päiväys|Päivä|Pvm|
    Wysłano|Wysłane|Wysłany|Data wysłania|Odesláno|Odosláno|Odoslané|Dátum|Elküldve|Küldve|Küldés ideje|Trimis|Trimis la|Dată|Data trimiterii|
    Gönderildi|Tarih|Gönderim Tarihi|Gönderme Tarihi|Gönderilme Tarihi|Στάλθηκε|Ημερομηνία|Απεστάλη|Εστάλη|Отправлено|Дата|Дата отправки|Отправлен|
    Дата и время|Надіслано|Відправлено|Дата надсилання|Изпратено|Изпратено на|Послато|Poslano|Poslato|Датум|Saadetud|Kuupäev|Nosūtīts|Datums|Išsiųsta|נשלח|תאריך|נשלח ב|
    نشر|التاريخ|تاريخ الإرسال|أرسلت|تم الإرسال|أرسل|الإرسال|تم الإرسال في|تاریخ|ارسال شده|发送时间|发送日期|日期|时间|寄件日期|傳送時間|傳送日期|發送日期|
    發送時間|時間|送信日時|送信日|日付|日時|보낸 날짜|보낸날짜|날짜|보낸 시간|Đã gửi|Ngày|Ngày gửi|Gửi|Gửi lúc|ส่ง|วันที่|ส่งเมื่อ|Terkirim|Dikirim|Tanggal|
    Tarikh|Dihantar|Enviat|Enviat el|Bidalia|Sent (date)|Dags|Dagsetning|तारीख|दिनांक|Dërguar`,
  to: `To|An|À|A|Destinataire|Destinataires|Para|Destinatario|Destinatário|Aan|Till|Til|Vastaanottaja|Do|Adresat|Komu|Příjemce|Prijemca|Pre|
    Címzett|Către|Kime|Alıcı|Προς|Παραλήπτης|Кому|До|На|За|Za|Prima|Kome|Adressaat|Kellele|Saaja|Kam|Gavėjas|אל|ל|إلى|الى|به|گیرنده|收件人|收件者|
    宛先|받는 사람|받는사람|받는이|수신자|Đến|Tới|Người nhận|ถึง|Kepada|Ke|Per a|Per|Nori|प्रति`,
  copy: `Cc|Bcc|Kopie|Kopie an|Copie|Copie à|Cópia|Copia|Kopia|Kopi|Kopio|DW|UDW|Do wiadomości|Másolat|Másolatot kap|Bilgi|Κοιν|Κοιν.|Κοινοποίηση|
    Копия|Копія|Копие|Kópia|Skrytá kopie|Kk|עותק|העתק|نسخة|رونوشت|抄送|抄送人|副本|密件抄送|참조|숨은참조|Đồng gửi|สำเนา|Tembusan|Kopija`,
  subject: `Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Aihe|Temat|Předmět|Predmet|Tárgy|Subiect|Konu|Θέμα|Тема|Относно|
    Naslov|Zadeva|Teema|Tēma|Temats|Tema|נושא|الموضوع|موضوع|主题|主旨|主題|標題|标题|件名|題名|제목|Chủ đề|Tiêu đề|เรื่อง|หัวเรื่อง|Subjek|Perihal|Hal|
    Assumpte|Gaia|Efni|विषय|Re`,
  other: `Reply-To|Reply to|Antwort an|Répondre à|Responder a|Rispondi a|Antwoord aan|Importance|Priority|Wichtigkeit|Priorität|Importancia|Importance haute|
    Importância|Prioridad|Prioridade|Priorità|Prioriteit|Urgentie|Важность|Vigtighed|Viktighet|Prioritet|Prioritering|Ważność|Sensitivity|Attachments|
    Attachment|Anlage|Anlagen|Anhang|Anhänge|Pièces jointes|Pièce jointe|Datos adjuntos|Adjuntos|Allegati|Allegato|Anexos|Bijlagen|Bijlage|Bifogade filer|
    Vedlegg|Vedhæftede filer|Załączniki|Вложения|附件|添付ファイル|Message-ID|Organization|Organisation|Sent by|Resent-From|Mailing list|Security`,
}

const LABEL_MAX = 40
const KINDS = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => phraseKeys(names).map((name) => [name, kind as LabelKind] as const)),
)

/** What a header line of a quoted mail says; undefined for every other line. */
export function labelOf(line: ReplyLine): Label | undefined {
  if (line.label === undefined) line.label = read(line.view) ?? null
  return line.label ?? undefined
}

function read(view: string): Label | undefined {
  const colon = view.slice(0, LABEL_MAX).search(/[:：]/)
  if (colon < 1) return undefined
  const kind = kindOf(view.slice(0, colon))
  return kind && { kind, value: view.slice(colon + 1).replace(/^[*_\s]{1,4}/, '') }
}

/** Outlook's HTML comes out bold, as `*From:*` or `*From*:`. */
export function kindOf(name: string): LabelKind | undefined {
  return KINDS.get(phraseKey(name.replace(/^[\s*_|"•·]{1,6}/, '').replace(/[\s*_"]{1,6}$/, '')))
}
