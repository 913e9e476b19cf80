// "Sent from my iPhone": a line the mail program wrote, not the customer.
import { phraseKey } from './phrase-key.ts'

const CLIENT_LINE_MAX = 160
const LINK = /[<([]?\b(?:https?:\/\/|www\.)[^\s<>)\]]{1,300}[>)\]]?/g
const DEVICE =
  'iphon|ipad|ipod|apple ?watch|mac|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|oneplus|nokia|lumia|htc|xperia|sony|motorola|moto|lg|pixel|nexus|smartphone|phone|telefon|mobil|mobile|handy|handheld|tablet|windows|outlook|yahoo|gmail|gmx|web\\.de|mail|mailbox|mailbird|mailspring|aol|proton|protonmail|tutanota|zoho|spark|airmail|bluemail|blue mail|typeapp|nine|superhuman|front|hey|fastmail|thunderbird|roundcube|newton|k-9|t-online|telekom|vodafone|orange|verizon|workspace|o2|libero|virgilio|seznam|wp|onet|interia|яндекс|почт|mail\\.ru|myмail|mymail|iris|edison|boxer|canary|airwatch|shift|polymail|postbox|em client|evolution|app|honor|oppo|vivo|realme|shortwave|missive|spike|mimestream'

/** Each names the words around the device; the device may stand anywhere after (or, where the verb ends the line, before) them. */
const OPENINGS =
  /^(?:(?:e-?mail |message |this (?:e-?mail|message) was )?(?:sent|posted|written|typed|composed|dictated) (?:from|via|using|with|by|on)|get (?=(?:the )?(?:new )?(?:outlook|typeapp|bluemail|blue mail|yahoo|gmail|airmail|mymail|the app|nine|spark|newton|boxer)\b)|download (?=outlook\b)|(?:von|aus) .{0,40}\b(?:gesendet|geschickt|verschickt)|gesendet (?:von|mit|aus|uber|ueber|vom)|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|uber)|outlook fur .{1,20}\b(?:beziehen|herunterladen|holen)|(?:holen sie sich|laden sie) outlook|envoye (?:de|depuis|par|avec|a partir|via|du)|(?:telecharge[rz]|obtenir|obtenez|provenance :) ?|enviad[oa] (?:desde|de|do|da|a partir|por|com|con|mediante|via|pelo|pela)|obtener |descargar? |obter |obtenha |baixe |transferir |inviat[oa] (?:da|dal|dall|con|tramite|via)|scarica |ottieni |verzonden (?:vanaf|met|via|van|door|vanuit|uit)|verstuurd (?:vanaf|met|via|van|vanuit)|(?:download|haal) outlook|outlook voor .{1,20}\b(?:downloaden|ophalen)|skickat (?:fran|med|via)|skickades fran|hamta outlook|sendt (?:fra|med|via|pa)|hent outlook|fa outlook|laheteta|lahetetty |hanki outlook|wysl?ane? (?:z|za|przy|poprzez)|wyslan[oaey] (?:z|za|przy|poprzez)|pobierz outlook|odeslan[oy] (?:z|ze|pomoci|prostrednictvim)|odoslan[eoa] (?:z|zo|pomocou)|poslan[oe] (?:z|s|iz|sa|preko)|ziskejte outlook|ziskat outlook|elkuldve|kuldve|az? .{0,40}(?:kuldve|kuldtem)|trimis (?:de|din|cu|prin)|obtineti outlook|descarca outlook|отправлено (?:с|из|через|от|мобильн)|послано с|написано с|надіслано (?:з|із|за)|відправлено (?:з|із)|изпратено (?:от|с)|послато са|σταλθηκε (?:απο|με|μεσω)|απεσταλη απο|αποστολη απο|skickat|saadetud|nosutits|issiusta|נשלח (?:מ|באמצעות|דרך)|ارسل(?:ت)? من|تم الارسال من|مرسل(?:ة)? من|发自我的|发自|从我的|發自|從我的|發送自|来自我的|由我的|發自我的|寄自|傳送自|duoc gui tu|gui tu|da gui tu|สงจาก|dikirim dari|dihantar dari|enviat des)/
const ENDINGS =
  /(?:から送信|より送信|からの送信|から送信されました|에서 보냄|에서 발송|에서 보낸 메일|에서 전송|에서 보냅니다|发送|發送|傳送|寄出|gonderildi|gonderilmistir|gesendet\.?|elkuldve|kuldve|kuldtem|lahetetty)[.。]?$/
const MINE =
  /^(?:sent from my |von meinem |envoye de mon |envoye depuis mon |enviado desde mi |enviad[oa] do meu |inviato dal mio |verzonden vanaf mijn |verstuurd vanaf mijn |skickat fran min |sendt fra min |发自我的|从我的|發自我的|從我的)/
/** What people add to the line in the settings. */
/** As the programs write them, word by word. */
const WHOLE =
  /^(?:pobierz aplikacje outlook dla .{3,30}|skaffa outlook for .{2,20}|получить outlook для .{2,20}|завантажити outlook для .{2,20}|outlook for .{2,12} を入手|获取 outlook for .{2,12}|取得 outlook for .{2,12}|.{2,12} icin outlook'?u edinin|laden sie outlook fur .{2,20} herunter|yahoo mail: ?search, organize, conquer|von yahoo .{3,30} gesendet|dapatkan outlook untuk .{2,20})$/
const EXCUSE =
  /excuse|forgive|typo|brevity|apolog|sorry|pardon|spelling|autocorrect|kurze|entschuldig|tippfehler|excusez|faute|disculp|errores|scus|desculp|fouten|get the app|free e-?mail app|encrypted|secure e-?mail/
const MINE_WORDS_MAX = 12
const DEVICES = new RegExp(`(?:^|[^\\p{L}])(?:${DEVICE})`, 'u')

/** `follows`: the next line, where a long link made the program wrap. */
export function isClientLine(view: string, follows = ''): boolean {
  if (view.length < 4 || view.length > CLIENT_LINE_MAX) return false
  const key = phraseKey(`${view} ${follows}`.replace(LINK, ' '))
    .replace(/^[^\p{L}\p{N}]{1,10}/u, '')
    .replace(/[\s.!。>\])*_-]{1,8}$/u, '')
    .replace(/\s{2,}/g, ' ')
  const [line = '', ...more] = key.split(/[.!。] (?=\p{L})|[(]/u)
  return isFromClient(line) && more.every((said) => EXCUSE.test(said) || !/\p{L}/u.test(said))
}

function isFromClient(key: string): boolean {
  if (key.length > 110) return false
  if (WHOLE.test(key)) return true
  if (MINE.test(key)) return wordCount(key) <= MINE_WORDS_MAX
  return (OPENINGS.test(key) || ENDINGS.test(key)) && DEVICES.test(key) && wordCount(key) <= 14
}

function wordCount(text: string): number {
  return text.split(/\s/).length
}
