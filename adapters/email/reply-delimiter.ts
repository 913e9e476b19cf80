// Lines of which a machine has said that what is below them is not the answer.
import { type ReplyLine, withoutQuoteMarks } from './reply-line.ts'

const LENGTH_MAX = 160

const ABOVE =
  /\b(?:please )?(?:reply|respond|answer|type your (?:reply|response)|write your reply|enter your reply|add your reply|your reply)\b.{0,40}\babove\b.{0,30}\bline\b|\b(?:write|text|message|comments?|respond|post)\b.{0,20}\babove this line\b|\bdo not (?:write|type|edit|change|remove|reply|delete)\b.{0,30}\bthis line\b|\bbelow this line (?:will be|is) (?:ignored|removed)|(?:above|over) this line.{0,20}\b(?:reply|respond)|antwort\w*.{0,40}(?:oberhalb|über) diese[rs]? (?:zeile|linie)|(?:oberhalb|über) dieser (?:zeile|linie).{0,40}antwort|(?:répon\w+|réponse).{0,40}au[- ]dessus de cette ligne|au[- ]dessus de cette ligne.{0,40}répon|(?:respond\w+|respuesta|escrib\w+).{0,40}(?:encima|arriba) de esta línea|(?:respon\w+|resposta|digite).{0,40}acima d(?:esta|e) linha|(?:rispond\w+|risposta|scriv\w+).{0,40}sopra questa (?:riga|linea)|(?:antwoord|reageer|typ).{0,40}boven deze (?:regel|lijn)|svar\w*.{0,40}(?:ovanför|over|ovenfor) denn?e (?:rad\w*|linj\w*)|odpowied\w*.{0,40}(?:nad|powyżej) t\w+ lini|(?:ответ|напишите).{0,40}(?:выше|над) этой (?:строк|лини)|この行の上|在此行(?:上方|以上)|请在此行/iu

const ORIGINAL =
  /^[-_=*~–—‐―\s]{2,}\s?(?:original message|original email|original|reply message|ursprüngliche nachricht|ursprüngliche mail|originalnachricht|original-nachricht|message d['’ ]?origine|message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|origineel bericht|originalmeddelande|ursprungligt meddelande|oprindelig meddelelse|original besked|opprinnelig melding|original melding|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|оригинальное сообщение|первоначальное сообщение|початкове повідомлення|вихідне повідомлення|původní zpráva|pôvodná správa|eredeti üzenet|alkuperäinen viesti|özgün ileti|orijinal mesaj|orjinal mesaj|αρχικό μήνυμα|mesaj original|mesajul original|izvorna poruka|izvirno sporočilo|originalus laiškas|元のメッセージ|原始邮件|原始郵件|原邮件|原始訊息|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية|оригинално съобщение|tin nhắn gốc|thư gốc|pesan asli|originalmeldung)\s?[-_=*~–—‐―:\s]{2,}$/iu

export function isReplyDelimiter(line: ReplyLine): boolean {
  return line.bare.length <= LENGTH_MAX && ABOVE.test(line.bare)
}

export function isOriginalMark(line: ReplyLine): boolean {
  return line.bare.length <= LENGTH_MAX && ORIGINAL.test(withoutQuoteMarks(line.bare))
}

const FORWARDED =
  /^[-_=*~–—‐―\s]{2,}\s?(?:forwarded (?:message|by|mail|email)|weitergeleitete (?:nachricht|e-?mail|mail)|message (?:transféré|transmis|réexpédié)|courriel transféré|mensaje (?:reenviado|remitido)|messaggio (?:inoltrato)|mensagem (?:encaminhada|reencaminhada)|doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat|videresendt (?:meddelelse|melding|besked)|välitetty viesti|przekazana wiadomość|wiadomość przekazana|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|přeposlaná zpráva|preposlaná správa|továbbított üzenet|iletilen (?:mesaj|ileti)|yönlendirilen|προωθημένο μήνυμα|mesaj redirecționat|转发的邮件|轉寄的郵件|转发邮件|転送メッセージ|전달된 메일|הודעה שהועברה|رسالة معاد توجيهها)/iu
const FORWARDED_APPLE =
  /^(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio (?:del )?messaggio inoltrato|início da mensagem (?:reenviada|encaminhada)|begin doorgestuurd bericht|vidarebefordrat (?:brev|meddelande)|start på videresendt (?:besked|melding)|videresendt (?:melding|besked)|välitetty viesti alkaa|początek przekazywanej wiadomości|начало переадресованного сообщения|začátek přeposílané zprávy|továbbított levél kezdete|başlangıç: iletilmiş ileti|転送されたメッセージ|下面是被转发的邮件|開始轉寄郵件|전달된 메시지 시작)\s?[:：]?$/iu

export function isForwardMark({ bare }: ReplyLine): boolean {
  return bare.length <= LENGTH_MAX && (FORWARDED.test(bare) || FORWARDED_APPLE.test(bare))
}
