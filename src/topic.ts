// What conversations are about, by their subjects: a changed one may begin something new, the same one may be the same matter.
// A subject never joins anything by itself.
import { DAY } from './clock.ts'
import type { Conversation } from './conversation.ts'
import type { Reader } from './db/open.ts'

const SAME_MATTER_MS = 30 * DAY
const MESSAGES_READ_MAX = 50
const CONVERSATIONS_READ_MAX = 50

/** What anybody may write above anything. */
const GENERIC = new Set(
  `hello hi hey dear help support question questions request order inquiry enquiry query problem issue error urgent important
  info information contact feedback message mail email e-mail test thanks thank you invoice offer complaint return refund
  hallo moin servus guten tag frage fragen anfrage bestellung hilfe problem fehler dringend wichtig kontakt nachricht danke
  rechnung angebot reklamation bonjour salut question demande commande aide problème urgent contact merci facture réclamation
  hola pregunta consulta pedido ayuda problema urgente contacto gracias factura reclamación olá oi pergunta dúvida ajuda contato
  obrigado ciao domanda richiesta ordine aiuto problema contatto grazie fattura reclamo hoi vraag aanvraag bestelling hulp
  probleem bedankt factuur klacht hej fråga beställning hjälp tack faktura spørgsmål spørsmål ordre hjælp takk cześć pytanie
  zamówienie pomoc dziękuję здравствуйте вопрос заказ помощь проблема срочно спасибо merhaba soru sipariş yardım teşekkürler
  こんにちは 質問 注文 お問い合わせ 你好 问题 订单 咨询 문의 질문 주문 no subject none kein betreff ohne betreff sans objet sin asunto`.split(
    /\s+/,
  ),
)
const WORDS_LENGTH_MIN = 4

/** Subjects that differ only in case, spaces and marks at their ends are the same. */
export function foldTopic(topic: string): string {
  return topic
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s.,:;!?…·–—-]+|[\s.,:;!?…·–—-]+$/gu, '')
}

/** Whether it says what a matter is about, and not only that there is one. */
export function isTelling(topic: string): boolean {
  const words = foldTopic(topic).match(/[\p{L}\p{N}#-]+/gu) ?? []
  const telling = words.filter((word) => !GENERIC.has(word))
  return telling.length > 0 && telling.join('').length >= WORDS_LENGTH_MIN
}

/** Whether a message under this subject begins something new: the conversation was closed for so long, under other subjects. */
export async function isNewMatter(
  db: Reader,
  conversation: Conversation,
  message: { topic?: string; arrivedAt: number },
  closedForMs: number,
): Promise<boolean> {
  const topic = foldTopic(message.topic ?? '')
  if (conversation.state !== 'closed' || topic === '') return false
  const closedAt = await findClosedAt(db, conversation.id)
  if (closedAt === undefined || message.arrivedAt - closedAt <= closedForMs) return false
  const known = await listTopics(db, conversation.id)
  return known.length > 0 && !known.includes(topic)
}

/** Whether a message comes so late that what was closed is over, whatever it is about. */
export async function isLongClosed(
  db: Reader,
  conversation: Conversation,
  arrivedAt: number,
  closedForMs: number,
): Promise<boolean> {
  if (conversation.state !== 'closed') return false
  const closedAt = await findClosedAt(db, conversation.id)
  return closedAt !== undefined && arrivedAt - closedAt > closedForMs
}

async function findClosedAt(db: Reader, conversationId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('fact')
    .select('at')
    .where('conversation_id', '=', conversationId)
    .where('kind', '=', 'conversation-closed')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at
}

/** Of messages taken in before topics were read there is none. */
async function listTopics(db: Reader, conversationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .select(['direction', 'topic', 'subject'])
    .where('conversation_id', '=', conversationId)
    .where('direction', 'in', ['inbound', 'outbound'])
    .orderBy('seq', 'desc')
    .limit(MESSAGES_READ_MAX)
    .execute()
  if (!rows.some(({ topic }) => topic !== null)) return []
  return rows.flatMap(({ direction, topic, subject }) => {
    // An answer to what we wrote under a subject of our own is no new matter either.
    const said = direction === 'outbound' ? subject?.replace(/^Re: ?/, '') : topic
    return said === null || said === undefined ? [] : [foldTopic(said)]
  })
}

/** The newest conversation of the same person about the same, of lately. A generic subject is about nothing. */
export async function findSameMatter(
  db: Reader,
  about: { identityId: string; desk: string; topic: string | undefined; at: number },
): Promise<string | undefined> {
  const topic = foldTopic(about.topic ?? '')
  if (!isTelling(topic)) return undefined
  const lately = db
    .selectFrom('conversation')
    .select('id')
    .where('identity_id', '=', about.identityId)
    .where('desk', '=', about.desk)
    .where('merged_into', 'is', null)
    .orderBy('id', 'desc')
    .limit(CONVERSATIONS_READ_MAX)
  const ids = (await lately.execute()).map(({ id }) => id)
  if (ids.length === 0) return undefined
  const rows = await db
    .selectFrom('message')
    .select(['conversation_id', 'topic'])
    .distinct()
    .where('conversation_id', 'in', ids)
    .where('direction', '=', 'inbound')
    .where('topic', 'is not', null)
    .where('arrived_at', '>', about.at - SAME_MATTER_MS)
    .orderBy('conversation_id', 'desc')
    .limit(CONVERSATIONS_READ_MAX * 4)
    .execute()
  return rows.find((row) => foldTopic(row.topic ?? '') === topic)?.conversation_id
}
