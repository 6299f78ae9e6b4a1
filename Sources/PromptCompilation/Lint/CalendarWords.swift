/// Words of the calendar in several languages, as alternatives of a pattern.
enum CalendarWords {
  /// The names of months, in the case in which dates have them.
  static let months = [
    // English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Romanian
    "jan(?:uary|uar|vier|eiro|uari|uarie)?|jänner|enero|gennaio|ianuarie",
    "feb(?:ruary|ruar|braio|rero|ruari|ruarie)?|février|fevereiro",
    "mar(?:ch|zo|s|ço|tie)?|märz|maart", "apr(?:il|ile|ilie)?|avril|abril",
    "may|mai|mayo|maggio|maio|mei|maj", "june?|juni|juin|junio|giugno|junho|iunie",
    "july?|juli|juillet|julio|luglio|julho|iulie", "aug(?:ust|ustus|usti)?|août|agosto",
    "sep(?:t|tember|tembrie)?|septembre|septiembre|settembre|setembro",
    "oct(?:ober|obre|ombrie)?|okt(?:ober)?|octubre|ottobre|outubro",
    "nov(?:ember|embre|iembre|embro)?|noiembrie",
    "dec(?:ember|embrie)?|dez(?:ember|embro)?|décembre|diciembre|dicembre|desember",
    // Russian, Ukrainian, Polish, Czech
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
    "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
    "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
    // Turkish, Finnish, Hungarian, Greek
    "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık",
    "(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuuta",
    "január|február|március|április|május|június|július|augusztus|szeptember|október",
    "ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|"
      + "νοεμβρίου|δεκεμβρίου",
    // Indonesian, Arabic, Hindi, Thai
    "maret|agustus|desember",
    "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर",
    "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม",
  ].joined(separator: "|")

  /// The names of the days of the week.
  static let weekdays =
    "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    + "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|"
    + "domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)"
    + "(?:-feira)?|(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mån|tis|ons|tors|fre|lör|sön)dag|"
    + "poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|понедельник|вторник|среда|четверг|пятница|"
    + "суббота|воскресенье|pazartesi|salı|çarşamba|perşembe|cuma|senin|selasa|rabu|kamis|jumat)\\b|"
    + "(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일|सोमवार|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس"

  /// What begins a sentence about this moment. A condition ("if today is ...") is none.
  static let today =
    "(?<!if |when |unless |whether )(?:\\b(?:(?:today|tonight)(?:'s date)?(?:\\s+is|\\s*[:=])|now\\s*[:=]|the (?:date|time|day) is|(?:right )?now is|"
    + "(?:the )?(?:current|present|today's|local|system) (?:local )?(?:date|time|day|datetime|year|timestamp)\\b|"
    + "current(?:ly)? it is|it is currently|as of (?:today|now)\\b|"
    + "heute ist|aktuelle[sr]? (?:datum|uhrzeit|zeit|tag)|nous sommes(?= (?:le|en|au|\\d|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\\b)|aujourd.hui|"
    + "(?:date|heure) (?:actuelle|du jour)|hoy es|(?:fecha|hora) actual|oggi è|(?:data|ora) (?:attuale|odierna)|hoje é|"
    + "(?:data|hora) atual|vandaag is|huidige (?:datum|tijd)|idag är det|i dag er det|"
    + "сегодня|сейчас|текущ(?:ая дата|ее время)|сьогодні|dzisiaj jest|dziś jest|dnes je|bugün|tänään on|hari ini|"
    + "hôm nay là|ma van|azi este)|今天是?|今日は|本日は|现在是?|現在(?:の日時|時刻|は)|当前(?:时间|日期)|오늘은|지금은|현재 (?:시각|시간|날짜)|"
    + "اليوم هو|आज|วันนี้)"

  /// Names of fields that hold a date or a time.
  static let labels =
    "date|datum|fecha|data|дата|tarih|tanggal|time|uhrzeit|zeit|heure|hora|ora|время|timestamp|日期|日付|날짜|"
    + "时间|時刻|시간|시각"
}
