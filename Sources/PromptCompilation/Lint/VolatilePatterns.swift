internal import Bytes

/// The patterns of text that looks as if it differed from request to request, in PCRE2's syntax.
///
/// Names of months and words for "today" are those of the languages in which system prompts are most
/// often written; dates in digits are found in all.
enum VolatilePatterns {
  private static let months = [
    "jan(?:uary|uar|vier|eiro)?|enero|gennaio|januari",
    "feb(?:ruary|ruar|braio|rero|ruari)?|février|fevereiro",
    "mar(?:ch|zo|s|ço)?|märz|maart", "apr(?:il|ile)?|avril|abril", "may|mai|mayo|maggio|maio|mei",
    "june?|juni|juin|junio|giugno|junho", "july?|juli|juillet|julio|luglio|julho",
    "aug(?:ust|ustus)?|août|agosto", "sep(?:t|tember)?|septembre|septiembre|settembre|setembro",
    "oct(?:ober|obre)?|okt(?:ober)?|octubre|ottobre|outubro", "nov(?:ember|embre|iembre)?|novembro",
    "dec(?:ember)?|dez(?:ember|embro)?|décembre|diciembre|dicembre",
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
  ].joined(separator: "|")

  private static let weekdays =
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    + "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|"
    + "domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|segunda|terça|quarta|quinta|sexta|"
    + "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|понедельник|вторник|среда|четверг|"
    + "пятница|суббота|воскресенье|星期.|[月火水木金土日]曜日?|.요일"

  private static let now =
    "(?:(?:today|it)(?:'s| is)|now is|current(?:ly)?(?: local)?(?: date| time)?|heute ist|aktuell\\w*|"
    + "(?:nous sommes|aujourd.hui)|hoy es|fecha actual|oggi è|hoje é|vandaag is|сегодня|сейчас|dzisiaj jest|"
    + "今天是?|现在是?|今日は|現在|오늘은|지금은)"

  private static let isoDate = "(?:19|20)\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])"

  /// Text that names this moment: it counts wherever it stands.
  static let moments: [ByteString] = [
    ByteString(
      "\\b" + isoDate
        + "[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?(?:Z\\b|UTC|GMT|[+-]\\d\\d:?\\d\\d))?"),
    ByteString(now + "\\W{0,12}(?:[^\\n.]{0,16}\\b)?(?:" + weekdays + ")"),
    ByteString(now + "[^\\n.]{0,32}?(?:[01]?\\d|2[0-3])[:h][0-5]\\d"),
    ByteString(now + "[^\\n]{0,40}?(?:19|20)\\d\\d\\b"),
    ByteString(
      "\\b(?:mon|tue|wed|thu|fri|sat|sun), \\d{1,2} (?:" + months
        + ") \\d{4}(?: \\d\\d:\\d\\d(?::\\d\\d)?)?"),
  ]

  /// Dates and times that may also be of something that never changes.
  static let dates: [ByteString] = [
    ByteString("\\b" + isoDate + "\\b"),
    ByteString("\\b(?:19|20)\\d\\d[/.]\\d{1,2}[/.]\\d{1,2}\\b"),
    ByteString("\\b\\d{1,2}[/.]\\d{1,2}[/.](?:19|20)\\d\\d\\b"),
    ByteString(
      "\\b\\d{1,2}(?:st|nd|rd|th|er|\\.|º)?\\s+(?:of\\s+|de\\s+)?(?:" + months
        + ")\\.?,?\\s+(?:de\\s+)?(?:19|20)\\d\\d\\b"),
    ByteString("\\b(?:" + months + ")\\.?\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+(?:19|20)\\d\\d\\b"),
    ByteString("(?:19|20)\\d\\d\\s*[年년]\\s*\\d{1,2}\\s*[月월]\\s*\\d{1,2}\\s*[日일]"),
    ByteString("\\b(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\b"),
    ByteString("\\b1[6-9]\\d{8}(?:\\d{3})?\\b"),
  ]

  /// Words behind which a date is that of something that never changes.
  static let constant = ByteString(
    "\\b(?:since|effective|from|until|till|before|after|version|cut-?off|founded|published|updated|born|"
      + "seit|ab|vom|bis|stand|gegründet|depuis|dès|du|avant|après|desde|hasta|dal|fino|vanaf|sinds|tot|"
      + "с|от|до)\\b[^\\n.;]{0,16}$|(?:自|从|截至|以来|から)[^\\n]{0,6}$")

  /// UUIDs (RFC 9562) and ULIDs.
  static let uuid = ByteString(
    "\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b|\\b0[1-7][0-9A-HJKMNP-TV-Z]{24}\\b"
  )

  /// Ids with a prefix, and values of what is called an id.
  static let identifier = ByteString(
    "\\b(?:req|sess|trace|conv|msg|chatcmpl|usr|cus|evt|ord|txn|run|thread)[-_](?=[a-z_-]*\\d)[0-9a-z_-]{6,}|"
      + "\\b(?:request|session|trace|correlation|conversation|user|customer|transaction|thread|anfrage|"
      + "sitzung|sitzungs|requête|sesión|solicitud|sessione|sessie)[-_ ]?(?:id|nummer|número)\\s*[:=#]?\\s*"
      + "(?=[0-9a-z_-]*\\d)[0-9a-z_-]{3,}|(?:请求|会话|リクエスト|セッション|요청|세션)\\s*(?:ID|编号|番号|号)\\s*[:：=]?\\s*[0-9a-z_-]{3,}|"
      + "(?:запрос|сессия|сеанс)\\w*\\s*(?:id|№)\\s*[:=]?\\s*[0-9a-z_-]{3,}")

  /// Addresses of IPv4 and IPv6.
  static let address = ByteString(
    "(?<![\\d.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\d.]*\\d)|"
      + "(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){3,7}(?::|[0-9a-f]{1,4})(?![0-9a-f:])|\\bfe80::[0-9a-f:]+")

  /// Names of machines inside of a network.
  static let hostName = ByteString(
    "\\b(?:[a-z0-9-]+\\.)+(?:local|internal|corp|lan|intranet|localdomain|svc)\\b|\\blocalhost:\\d+|"
      + "\\bip-\\d+-\\d+-\\d+-\\d+\\b|\\b(?:host|hostname|pod|node|server)\\s*[:=]\\s*[a-z][a-z0-9.-]*\\d[a-z0-9.-]*|"
      + "\\b[a-z][a-z0-9-]*-[0-9a-f]{8,10}-[a-z0-9]{5}\\b")

  /// A number of something that is counted.
  static let counter = ByteString(
    "\\b(?:request|attempt|turn|message|visit|visitor|session|conversation|ticket|run|retry|call|anfrage|"
      + "versuch|nachricht|sitzung|besuch|requête|tentative|message|visite|solicitud|intento|mensaje|visita|"
      + "richiesta|tentativo|messaggio|pedido|mensagem|verzoek|poging|bericht|запрос|попытка|сообщение)\\s*"
      + "(?:(?:#|no\\.|nr\\.?|number|nummer|numéro|número|numero|n°|nº|№)\\s*[:=]?\\s*\\d+|\\d{3,}\\b)|"
      + "第\\s*\\d+\\s*(?:次|回|条|件|号)|\\d+\\s*(?:번째|回目|件目)")

  /// Words that are long enough to be random.
  static let word = ByteString("(?<![0-9a-z/.])[0-9a-z]{16,}(?![0-9a-z])")
}
