// The line a mail program draws above an old mail: "-----Original Message-----" above history, "Forwarded message" above what is passed on.
import { phraseKeys } from './phrase-key.ts'
import { keyOf, type ReplyLine } from './reply-line.ts'

const ORIGINALS = new Set(
  phraseKeys(`Original Message|Original Appointment|Original mail|Original email|Original e-mail|Original|Original message follows|
    Reply message|Reply Separator|Replied Message|Quoted message|Reply|Reply mail|Initial message|Previous message|Message from|
    Ursprüngliche Nachricht|Urspruengliche Nachricht|Originalnachricht|Original-Nachricht|Original Nachricht|Ursprüngliche Mail|Originalmail|
    Ursprüngliche E-Mail|Ursprünglicher Termin|Original-Mail|Ursprünglicher Text|Message d'origine|Message original|Mail original|Message initial|
    Message d’origine|Courriel original|E-mail d'origine|Message de réponse|Mensaje original|Correo original|Mensaje de respuesta|Cita original|Messaggio originale|Messaggio originario|
    Messaggio di risposta|Mail originale|Messaggio Originale|Mensagem original|Mensagem de resposta|E-mail original|Oorspronkelijk bericht|
    Origineel bericht|Oorspronkelijke bericht|Oorspronkelijke e-mail|Oorspronkelijk e-mailbericht|Ursprungligt meddelande|Originalmeddelande|
    Ursprungsmeddelande|Ursprungligt mejl|Original meddelande|Opprinnelig melding|Original melding|Opprinnelig e-post|Originalmelding|
    Oprindelig meddelelse|Original meddelelse|Oprindelig besked|Original besked|Oprindelig mail|Alkuperäinen viesti|Alkuperäinen sähköposti|
    Wiadomość oryginalna|Oryginalna wiadomość|Pierwotna wiadomość|Treść oryginalnej wiadomości|Oryginalny e-mail|Wiadomość pierwotna|Původní zpráva|Původní e-mail|Původní email|
    Pôvodná správa|Pôvodný e-mail|Originálna správa|Originální zpráva|Eredeti üzenet|Eredeti levél|Eredeti e-mail|Mesaj original|
    Mesajul original|Mesaj inițial|Mesajul inițial|Orijinal ileti|Orijinal mesaj|Özgün ileti|Özgün mesaj|Orjinal mesaj|Orijinal İleti|Αρχικό μήνυμα|Πρωτότυπο μήνυμα|
    Исходное сообщение|Оригинальное сообщение|Первоначальное сообщение|Исходное письмо|Оригинал сообщения|Изначальное сообщение|Оригинал|
    Оригінальне повідомлення|Вихідне повідомлення|Початкове повідомлення|Первісне повідомлення|Вихідний лист|Оригинално съобщение|Оригинално писмо|Първоначално съобщение|
    Оригинална порука|Originalna poruka|Izvorna poruka|Izvirno sporočilo|Originaalkiri|Algne sõnum|Algne kiri|Originalus laiškas|Pradinis laiškas|
    Pradinis pranešimas|Sākotnējais ziņojums|Oriģinālais ziņojums|הודעה מקורית|ההודעה המקורית|الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية|
    پیام اصلی|原始邮件|原始郵件|邮件原件|郵件原件|原邮件|回复的原邮件|回复邮件|原始訊息|原始信件|原始消息|元のメッセージ|オリジナルメッセージ|元メッセージ|元のメール|
    원본 메시지|원본 메일|원본메일|원본메시지|원본 이메일|Thư gốc|Tin nhắn gốc|Email gốc|Pesan asli|Pesan asal|Mesej asal|Missatge original|Jatorrizko mezua|
    ข้อความต้นฉบับ|ข้อความเดิม|Upprunaleg skilaboð`),
)

const FORWARDS =
  phraseKeys(`Forwarded message|Begin forwarded message|Start of forwarded message|Start forwarded message|Forwarded mail|
    Forwarded email|Forwarded by|Forwarded Message from|Forward message|Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|
    Anfang der weitergeleiteten E-Mail|Beginn der weitergeleiteten Nachricht|Weitergeleitete Mail|Weitergeleitete E-Mail|Weitergeleitet von|Message transféré|
    Message transmis|Début du message réexpédié|Début du message transféré|Courriel transféré|Message réexpédié|E-mail transféré|Transféré par|Mail transféré|
    Mensaje reenviado|Inicio del mensaje reenviado|Mensaje reenviado por|Reenviado por|Correo reenviado|Messaggio inoltrato|Inizio messaggio inoltrato|Inizio del messaggio inoltrato|
    Inoltrato da|Mensagem encaminhada|Mensagem reencaminhada|Início da mensagem encaminhada|Início da mensagem reencaminhada|Encaminhado por|
    Doorgestuurd bericht|Begin doorgestuurd bericht|Doorgestuurde mail|Doorgestuurd door|Vidarebefordrat meddelande|Vidarebefordrat brev|Vidarebefordrat mejl|Vidarebefordrat mail|
    Påbörjat vidarebefordrat meddelande|Början på vidarebefordrat meddelande|Videresendt melding|Videresendt meddelelse|Videresendt besked|Videresendt e-post|Videresendt av|Videresendt af|
    Start på videresendt melding|Start på videresendt besked|Begynnelse på videresendt melding|Begyndelse på videresendt besked|Edelleenlähetetty viesti|
    Välitetty viesti|Lähetetty edelleen|Välitetty viesti alkaa|Edelleenlähetetty viesti alkaa|Wiadomość przekazana|Przekazana wiadomość|Przekazywana wiadomość|Przesłana dalej wiadomość|Początek przekazywanej wiadomości|
    Wiadomość przesłana dalej|Początek przekazanej wiadomości|Přeposlaná zpráva|Přeposlaný e-mail|Začátek přeposlané zprávy|Preposlaná správa|Začiatok preposlanej správy|
    Továbbított üzenet|Továbbított levél|Továbbított üzenet kezdete|Az átirányított üzenet kezdete|Mesaj redirecționat|Mesaj redirecţionat|Mesaj trimis mai departe|Mesaj transmis|Începutul mesajului redirecționat|
    İletilen ileti|İletilmiş ileti|Yönlendirilmiş ileti|Yönlendirilmiş mesaj|Yönlendirilen mesaj|Yönlendirilen ileti|İletilen mesaj|İletilen iletinin başlangıcı|
    Προωθημένο μήνυμα|Προώθηση μηνύματος|Αρχή προωθημένου μηνύματος|Έναρξη προωθημένου μηνύματος|Пересылаемое сообщение|Пересланное сообщение|Перенаправленное сообщение|Переадресованное сообщение|Пересланное письмо|
    Начало переадресованного сообщения|Начало пересылаемого сообщения|Конец переадресованного сообщения|Пересылаемое письмо|Переслане повідомлення|Пересланий лист|Пересилається повідомлення|Початок пересланого повідомлення|Перенаправлене повідомлення|
    Препратено съобщение|Прослеђена порука|Proslijeđena poruka|Prosleđena poruka|Posredovano sporočilo|Edastatud kiri|Edastatud sõnum|Persiųstas laiškas|Persiųsta žinutė|Pārsūtīts ziņojums|
    Pārsūtītā ziņa|הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה|رسالة معاد توجيهها|رسالة تمت إعادة توجيهها|الرسالة المعاد توجيهها|رسالة محولة|بدء الرسالة المعاد توجيهها|بدء الرسالة التي تمت إعادة توجيهها|
    پیام هدایت‌شده|پیام ارسال شده|转发邮件|转发的邮件|轉寄郵件|轉寄的郵件|转发消息|转发邮件信息|已转发邮件|已轉寄的郵件|轉寄訊息|下面是被转发的邮件|以下是轉寄的郵件|已转发的邮件|
    転送メッセージ|転送されたメッセージ|転送メール|転送された電子メール|以下転送|転送元|전달된 메시지|전달된 메일|전달된 이메일|전달된 메시지 시작|원본 메시지 전달|
    Pesan terusan|Pesan yang diteruskan|Awal pesan terusan|Mesej dimajukan|Thư được chuyển tiếp|Thư đã chuyển tiếp|Tin nhắn được chuyển tiếp|Bắt đầu thư được chuyển tiếp|ข้อความที่ส่งต่อ|เริ่มต้นข้อความที่ส่งต่อ|
    Missatge reenviat|Inici del missatge reenviat|Birbidalitako mezua|Framsend skilaboð`)
const FORWARD_SET = new Set(FORWARDS)

const RULES = /[-\u2010-\u2015\u2212_=*~#\u2500\u2501]{2,}/
/** Words somebody may put between dashes themselves. */
const VAGUE = new Set(phraseKeys('Original|Reply|Message from|Оригинал|Previous message'))
const TITLE_WITH_DATE = /^(?:message du|message of|nachricht vom|mensaje del?|messaggio del|bericht van) [^@]{0,20}\d/
const TITLE_MAX = 90

export type HistoryMark = 'original' | 'forward'

/** `certain` is false for a title without the rules around it: it means something only above a header block. */
export function historyMark(line: ReplyLine): { mark: HistoryMark; certain: boolean } | undefined {
  const words = keyOf(line)
  if (words.length < 2) return undefined
  const rule = /^[-\u2010-\u2015\u2212_=*~#\u2500\u2501]*/.exec(words)?.[0].length ?? 0
  const ruled = rule > 1
  const title = (ruled ? words.split(RULES, 2)[1] : words.replace(/^\*/, ''))?.trim() ?? ''
  if (title === '' || title.length > TITLE_MAX) return undefined
  const key = title.replace(/[\s:：.*>]{1,8}$/, '').replace(/^[<[(>\s]{1,4}/, '')
  if (isForward(key, ruled, /[:：]\*?$/.test(title))) return { mark: 'forward', certain: true }
  if (ORIGINALS.has(key)) return { mark: 'original', certain: ruled && (!VAGUE.has(key) || rule >= 10) }
  // Orange: "Message du 05/03/13 10:30".
  if (TITLE_WITH_DATE.test(key)) return { mark: 'original', certain: false }
  // Lotus and others name who wrote it: "----- Original Message from Ada on 5 March -----".
  if (ruled && /^(?:original message|ursprungliche nachricht|message d'origine|mensaje original) /.test(key)) {
    return { mark: 'original', certain: true }
  }
  return undefined
}

function isForward(key: string, ruled: boolean, colon: boolean): boolean {
  if (FORWARD_SET.has(key)) return ruled || colon || key.startsWith('begin ')
  return ruled && FORWARDS.some((phrase) => key.startsWith(`${phrase} `))
}
