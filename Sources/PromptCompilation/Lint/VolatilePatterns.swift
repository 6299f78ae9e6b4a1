internal import Bytes

/// The patterns of text that looks as if it differed from request to request, in PCRE2's syntax, without
/// regard to case.
///
/// Dates in digits are found in all languages; names of months, days and words for "today" are those of
/// the languages in which system prompts are most often written.
enum VolatilePatterns {
  /// What does not stand before a date: a path, a name such as `model-2024-08-06`.
  private static let start = "(?<![\\w/.-])"
  private static let end = "(?![\\w/-])"
  /// A year of this century, of the Buddhist calendar, or in the digits of another script.
  private static let year = "(?:2[05]\\d\\d|(?!\\d*[0-9])\\d{4})"
  private static let isoDate = "20\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])"
  private static let clockTime = "(?:[01]?\\d|2[0-3])[:h.時时시点點][0-5]?\\d"

  private static let months = CalendarWords.months
  private static let weekdays = CalendarWords.weekdays
  private static let today = CalendarWords.today

  /// Text that names this moment: it counts wherever it stands.
  static let moments: [ByteString] = [
    // 2026-11-23T09:41:07Z, 20261123T094107Z
    ByteString(
      start + isoDate
        + "[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?: ?(?:Z\\b|UTC|GMT|[+-]\\d\\d:?\\d\\d))?"),
    ByteString("\\b20\\d{6}T\\d{4,6}Z?\\b"),
    // Mon, 23 Nov 2026 09:41:07 (RFC 5322); Mon Nov 23 09:41:07 2026 (asctime)
    ByteString(
      "\\b(?:mon|tue|wed|thu|fri|sat|sun),? \\d{1,2}[ -](?:" + months
        + ")[ -]\\d{4}(?: \\d\\d:\\d\\d(?::\\d\\d)?)?"),
    ByteString(
      "\\b(?:mon|tue|wed|thu|fri|sat|sun) (?:" + months
        + ") +\\d{1,2} \\d\\d:\\d\\d:\\d\\d(?: [a-z]{3,4})? \\d{4}\\b"),
    // Today is Monday; heute ist der 23.11.26; 今天是星期一
    ByteString(today + "[^\\n.!?。]{0,24}?(?:" + weekdays + ")"),
    ByteString(today + "[^\\n!?。]{0,32}?" + clockTime + "(?:[:분分]\\d\\d)?"),
    ByteString(today + "[^\\n!?。]{0,24}?\\d{1,2}[./-]\\d{1,2}[./-]\\d\\d\\b"),
    ByteString(
      today + "[^\\n!?。]{0,24}?(?:(?:" + months
        + ")\\.? \\d{1,2}|\\d{1,2}(?:st|nd|rd|th|\\.)?(?: of| de)? (?:" + months
        + "))\\b"),
    ByteString(today + "[^\\n!?。]{0,16}?" + year + "(?!\\d)"),
    ByteString(
      "(?<!if |when |unless |whether )\\b(?:it(?:'s| is)|es ist|il est|son las|es la|sono le|het is|jest)"
        + "(?: now| currently| jetzt| gerade| actuellement| nu| teraz)?(?: an?)? (?:(?:" + weekdays
        + ")(?! (?:that|which|when))|" + year + "\\b|[01]?\\d[:h][0-5]\\d|2[0-3][:h][0-5]\\d|"
        + "\\d{1,2} ?(?:[ap]m\\b|o'clock|uhr\\b))"),
    ByteString(
      "\\b(?:we are in|nous sommes en|wir schreiben|estamos en|siamo nel|estamos em) " + year
        + "\\b"),
    // Date: 11/23/26; Uhrzeit: 9.41
    ByteString(
      "(?<![\\w-])(?<!opening |closing |delivery |start |end |lead )(?:" + CalendarWords.labels
        + ")\\s*(?:\\([^)\\n]{1,12}\\)\\s*)?[:：=]\\s*(?:\\d{1,2}[./-]\\d{1,2}[./-]\\d\\d\\b|"
        + clockTime + ")"),
  ]

  /// Dates and times that may also be of something that never changes.
  static let dates: [ByteString] = [
    ByteString(start + isoDate + end),
    ByteString(start + "20\\d\\d[/.]\\d{1,2}[/.]\\d{1,2}" + end),
    ByteString(start + "\\d{1,2}[/.]\\d{1,2}[/.]20\\d\\d" + end),
    ByteString(start + "\\d{1,2}-\\d{1,2}-20\\d\\d" + end),
    ByteString("\\b20\\d\\d-W(?:0[1-9]|[1-4]\\d|5[0-3])(?:-[1-7])?\\b"),
    ByteString(
      "\\b\\d{1,2}(?:st|nd|rd|th|er|\\.|º|-?го)?[\\s-]+(?:of\\s+|de\\s+|d[’'])?(?:" + months
        + ")\\.?,?[\\s-]+(?:de\\s+|del\\s+)?" + year + "(?!\\d)"),
    ByteString(
      "\\b(?:" + months + ")\\.?\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+" + year + "(?!\\d)"),
    ByteString("\\b" + year + "\\.?\\s+(?:" + months + ")\\s+\\d{1,2}\\b"),
    ByteString(
      "(?:20\\d\\d|２\\d{3}|(?:令和|平成)\\s*\\d{1,2})\\s*[年년]\\s*\\d{1,2}\\s*[月월]\\s*\\d{1,2}\\s*[日일号]"
    ),
    ByteString("\\bngày \\d{1,2} tháng \\d{1,2} năm \\d{4}"),
    ByteString("\\b(?:[01]?\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\b(?!:)"),
    ByteString("(?<![\\w+.-])1[78]\\d{8}(?:\\d{3}|\\.\\d{1,6})?(?![\\w.-]?\\d)"),
  ]

  /// Words behind which a date is that of something that never changes.
  static let constant = ByteString(
    "\\b(?:since|effective|from|until|till|before|after|by|version|v|cut-?off|founded|opened|established|"
      + "launched|released?|published|updated|revised|landed|signed|adopted|enacted|born|copyright|(?<!as )of|"
      + "api|phone|tel|fax|call|hotline|isbn|"
      + "seit|ab|vom|bis|stand|gegründet|depuis|dès|du|avant|après|desde|hasta|dal|fino|vanaf|sinds|tot|"
      + "с|от|до|od|sedan|från)\\b[^\\n.;]{0,16}$|(?:自|从|截至|以来|から|成立于|부터)[^\\n]{0,6}$")

  /// Words behind which anything is an example.
  static let example = ByteString(
    "(?:\\be\\.\\s?g\\.|\\beg\\b|\\bexamples?\\b|\\bfor instance\\b|\\bsuch as\\b|\\blike\\b|\\bformat(?:ted)?\\b|"
      + "\\bz\\.\\s?B\\.|\\bbeispiel\\w*|\\bp\\. ex\\.|\\bpar exemple\\b|\\bejemplo\\b|\\bad esempio\\b|"
      + "\\bnp\\.|\\bнапример\\b|例如|比如|たとえば|例[:：]|예[:：]|예를 들어)[^\\n;]{0,24}$")

  /// UUIDs (RFC 9562), ULIDs, trace parents (W3C).
  static let uuid = ByteString(
    "\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b|\\b0[1-7][0-9A-HJKMNP-TV-Z]{24}\\b|"
      + "\\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\\b")

  /// Ids with a prefix, and values of what is called an id.
  static let identifier = ByteString(
    "\\b(?:req|sess|trace|span|conv|msg|chatcmpl|u|uid|usr|user|cus|evt|ord|txn|run|thread|job|call|resp|asst)"
      + "[-_]"
      + "(?:\\d{4,}|(?=[a-z]*\\d+[a-z]+\\d)[0-9a-z]{6,})\\b|"
      + "\\b(?:request|session|trace|correlation|conversation|user|customer|transaction|thread|run|job|anfrage|"
      + "sitzung|sitzungs|kunden|benutzer|requête|sesión|solicitud|usuario|sessione|richiesta|sessie|sessão|"
      + "sesja|oturum)[-_ ]?(?:id|nummer|nr\\.?|número|numer)\\s*[:=#]?\\s*[\"'`]?"
      + "(?=[0-9a-z_-]*\\d)[0-9a-z_-]{3,}|"
      + "\\b(?:customer|order|case|member|patient) (?:no\\.|number|nr\\.?|id)\\s*[:=]?\\s*"
      + "(?=[0-9a-z-]*\\d{3})[0-9a-z-]{3,}|"
      + "\\bid (?:de (?:la |l[’'])?(?:session|requête|solicitud|sesión|usuario)|della? (?:sessione|richiesta))"
      + "\\s*[:=]?\\s*(?=[0-9a-z_-]*\\d)[0-9a-z_-]{3,}|"
      + "(?:请求|会话|用户|リクエスト|セッション|ユーザー|요청|세션|사용자)\\s*(?:ID|编号|番号|号|번호)\\s*[:：=]?\\s*[0-9a-z_-]{3,}|"
      + "(?:запрос|сесси|сеанс|пользовател)\\w*\\s*(?:№|id)?\\s*[:=]?\\s*(?=[0-9a-z_-]*\\d)[0-9a-z_-]{3,}|"
      + "\\bid\\s+(?:запрос|сесси|сеанс)\\w*\\s*[:=]?\\s*(?=[0-9a-z_-]*\\d)[0-9a-z_-]{3,}")

  /// Addresses of IPv4, IPv6 and network cards; not those that are the same on each machine, and no
  /// network with its mask.
  static let address = ByteString(
    "(?<![\\d.v])(?<!version |section |chapter |clause |release |rule |§ )(?!(?:\\d\\.){3}\\d(?!\\d))(?!127\\.|0\\.|255\\.|192\\.0\\.2\\.|198\\.51\\.100\\.|203\\.0\\.113\\.)"
      + "(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![\\d.]*\\d|/\\d)|"
      + "(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}(?![0-9a-f:])|"
      + "(?<![0-9a-f:])(?!2001:db8)[0-9a-f]{3,4}:(?:[0-9a-f]{1,4}:){0,6}:(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}(?![0-9a-f:/])"
  )

  /// Names of machines inside of a network.
  static let hostName = ByteString(
    "(?<![\\w./-])(?!(?:[a-z0-9-]+\\.)*(?:env|config|settings|compose|gradle|appsettings)\\.)(?:[a-z0-9-]+\\.)+"
      + "(?:local|internal|corp|lan|intranet|localdomain|svc)(?:\\.[a-z0-9-]+){0,2}\\b(?!\\.(?:json|ya?ml|toml|md|ts|js|py))|"
      + "\\bip-\\d+-\\d+-\\d+-\\d+\\b|\\bi-[0-9a-f]{8,17}\\b|"
      + "\\b(?:host|hostname|pod|rechner|hôte|servidor|хост|主机名?|ホスト名?|호스트)\\s*[:：=]\\s*[a-z][a-z0-9.-]*\\d[a-z0-9.-]*|"
      + "\\b(?:host|hostname|node|server|worker|machine|replica|instance)(?:\\s*[:=]\\s*|\\s+)[a-z][a-z0-9.]*-[a-z0-9.-]*\\d[a-z0-9.-]*|"
      + "(?<![\\w-])[a-z][a-z0-9-]*-[0-9a-f]{8,10}-[a-z0-9]{5}\\b|\\bcontainer(?:[ -]?id)?\\s*[:=]?\\s*[0-9a-f]{12}\\b"
  )

  /// A number of something that is counted.
  static let counter = ByteString(
    "\\b(?:" + counted
      + ")\\s*(?:#|no\\.|nr\\.?|number|nummer|numéro|número|numero|numer|n°|nº|№)\\s*[:=]?\\s*\\d+|"
      + "\\b(?:request|message|visitor|session|conversation|ticket)s? \\d{4,}(?=\\s*(?:[.,;:!?)]|$))|"
      + "\\b(?:attempt|retry|turn|message|question|request|versuch|nachricht|tentative|intento) \\d+ (?:of|/|von|sur|de) \\d+|"
      + "\\b\\d+ (?:messages|requests|tokens|credits|nachrichten|anfragen|messages|mensajes|запрос\\w*|сообщени\\w*) "
      + "(?:so far|left|remaining|sent|übrig|restants|restantes|осталось)|"
      + "\\b(?:(?:messages|requests|tokens|credits|calls|attempts) (?:so far|left|remaining|used|sent)|"
      + "(?:remaining|verbleibende|restantes?) (?:messages|requests|tokens|credits|anfragen|nachrichten|solicitudes)|"
      + "remaining (?:budget|context|quota)|counter|zähler|compteur|contador|contatore|счётчик)\\s*(?:[:=]|is)\\s*\\d+|"
      + "\\byour \\d+(?:st|nd|rd|th) (?:" + counted + ")|"
      + "第\\s*\\d+\\s*(?:次|回|通)|\\d+\\s*(?:번째|回目|件目)(?:\\s*(?:요청|질문|메시지|の))")

  private static let counted =
    "request|attempt|turn|message|visit|visitor|session|conversation|ticket|retry|anfrage|versuch|nachricht|"
    + "sitzung|besuch|requête|tentative|visite|solicitud|intento|mensaje|visita|richiesta|tentativo|"
    + "messaggio|pedido|mensagem|verzoek|poging|bericht|запрос|попытка|сообщение|żądanie|próba|istek"

  /// JSON Web Tokens (RFC 7519), and what is called random.
  static let token = ByteString(
    "\\beyJ[0-9a-z_-]{8,}\\.[0-9a-z_-]{8,}\\.[0-9a-z_-]*|"
      + "\\b(?:seed|nonce|salt)\\s*[:=]\\s*(?=[0-9a-z]*\\d)[0-9a-z]{3,}")

  /// Words that are long enough to be random.
  static let word = ByteString("(?<![0-9a-z/.+_-])[0-9a-z+/_-]{16,}={0,2}(?!\\.?[0-9a-z(])")
}
