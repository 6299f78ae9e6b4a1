/// Texts that differ from request to request, and texts that look like those and never change.
enum PlantedTexts {
  static let all: [(rule: String, text: String)] =
    dates.map { ("CPC001", $0) } + identifiers.map { ("CPC002", $0) } + hosts.map { ("CPC003", $0) }
    + random.map { ("CPC004", $0) } + counters.map { ("CPC005", $0) }

  static let dates = [
    // English
    "Today is 2026-11-23.", "It is 2026-11-23T09:41:07Z.", "Date: 2026-11-23 09:41 UTC",
    "Date: 11/23/2026.", "Date: 11/23/26.", "Date: 2026/11/23.", "November 23, 2026.",
    "Nov 23rd, 2026.", "The 23rd of November 2026.", "23-Nov-2026 is the day.", "Today is Monday.",
    "Today is November 23.", "Current time: 09:41.", "The current year is 2026.",
    "The clock says 09:41:07.", "Generated at 1795426867.", "Timestamp 1795426867123.",
    "Mon, 23 Nov 2026 09:41:07", "Mon Nov 23 09:41:07 2026", "It is Monday afternoon.",
    "It's 9:41 in Berlin.", "We are in 2026.", "Log 20261123T094107Z.", "This is week 2026-W48.",
    "Current date and time: 23.11.26, 9.41", "As of today, 23 November 2026.", "It is 9 am.",
    "Now: 09:41", "Today is the 23rd of November.", "The time is 9:41 AM.",
    "Es ist jetzt 9:41 Uhr.",
    "Es ist Montag, der 23. November.", "Il est actuellement 9h41.", "Son las 9:41.",
    "Epoch 1795426867.123",
    // German, French, Spanish, Italian, Portuguese, Dutch
    "Datum: 23.11.2026.", "Heute ist der 23. November 2026.", "Heute ist Montag.",
    "Uhrzeit: 9:41 Uhr.", "Aktuelle Uhrzeit: 9.41 Uhr.", "Nous sommes le 23 novembre 2026.",
    "Nous sommes lundi.", "Heure actuelle : 9h41.", "Hoy es 23 de noviembre de 2026.",
    "Hoy es lunes.", "Oggi è il 23 novembre 2026.", "Hoje é 23 de novembro de 2026.",
    "Hoje é segunda-feira.", "Vandaag is het 23 november 2026.",
    // Swedish, Danish, Finnish, Polish, Czech, Romanian, Hungarian, Greek, Turkish
    "Idag är det måndag den 23 november 2026.", "I dag er det 23. november 2026.",
    "Tänään on 23. marraskuuta 2026.", "Dzisiaj jest 23 listopada 2026.",
    "Dnes je 23. listopadu 2026.", "Azi este 23 noiembrie 2026.", "Ma van, 2026. november 23.",
    "Σήμερα είναι 23 Νοεμβρίου 2026.", "Bugün 23 Kasım 2026.",
    // Russian, Ukrainian
    "Сегодня 23 ноября 2026 года.", "Сьогодні 23 листопада 2026.", "Сейчас 9:41.",
    // Chinese, Japanese, Korean, Vietnamese, Indonesian, Arabic, Hindi
    "今天是2026年11月23日。", "今天是星期一。", "当前时间：9点41分。", "今日は2026年11月23日です。",
    "令和8年11月23日です。", "現在の日時は9時41分です。", "오늘은 2026년 11월 23일입니다.",
    "오늘은 월요일입니다.", "Hôm nay là ngày 23 tháng 11 năm 2026.", "Hari ini 23 November 2026.",
    "اليوم هو 23 نوفمبر 2026.", "आज 23 नवंबर 2026 है।",
  ]

  static let identifiers = [
    "Trace 123e4567-e89b-12d3-a456-426614174000.", "Request ID: 8f14e45f.", "req_8f14e45fceea.",
    "Session-ID 77ab12.", "user_id=48213.", "Conversation ID: c-20931.", "Sitzungs-ID: 77ab12.",
    "请求编号：A7731。", "chatcmpl-9xYz12AbC.", "thread_8x7c6v5b.",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV is the key.", "セッションID: 77ab12", "요청 ID: 77ab12",
    "Kundennummer 48213.", "ID de session : 77ab12.", "ID запроса: 77ab12.", "User: u_83jd92k.",
    "Customer no. 48213.",
    "Session \"sess-004211\".",
    "Traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.",
  ]

  static let hosts = [
    "Served by 10.0.3.17.", "Host: web-17.example.", "Ask db1.prod.internal.",
    "You run on ip-10-0-3-17.", "From 2001:0:85a3:0:0:8a2e:370:7334.",
    "Pod chat-7d9f8b6c5d-x2k9q.", "The printer.local has paper.", "Card 00:1a:2b:3c:4d:5e.",
    "You run in chat.prod.svc.cluster.local.", "Instance i-0abc123def4567890.",
    "Container 3f4e5d6c7b8a.", "Replica eu-west-7b.", "主机：web17。", "From fe80::1ff:fe23:4567:890a.",
  ]

  static let random = [
    "Nonce a8f3k29dk2l0s9d8.", "Key 9f86d081884c7d659a2feaa0c55ad015.", "Salt Zk3mQ9xT2bV7nL5pR1.",
    "Token qXzRtYpLmNbVcWsDkJhG.", "Sign dGhpcyBpcyBhIHRlc3Q5.", "Key sk-proj-8Hq2Lm4Zt9Xw1Rv6.",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "seed=839201748",
  ]

  static let counters = [
    "This is request #4711.", "Attempt no. 3.", "Turn number 12.", "You have seen message 10452.",
    "Attempt 3 of 5.", "This is message 3 of 10.", "Remaining budget: 4211 tokens.",
    "This is your 14th conversation.", "You have 12 messages left.", "Requests so far: 17.",
    "Counter: 42.",
    "Anfrage Nr. 17.", "Versuch #2.", "Noch 12 Nachrichten übrig.", "Requête n° 17.", "Intento #4.",
    "Запрос № 17.", "第12次提问。", "12回目の質問です。", "12번째 질문입니다.",
  ]

  /// What never changes and must not be found.
  static let constant = [
    "You have known the rules since 2024-01-01.", "Prices are valid from 1 March 2026.",
    "Seit dem 1. März 2024 gilt die neue Ordnung.", "Your knowledge cutoff is June 2024.",
    "Your knowledge cutoff is 2024-06-01.", "The shop was founded on 4 March 1998.",
    "We are open from 09:00 to 17:00 on Mondays.", "Opening time: 09:00 to 17:00.",
    "Use version 1.2.3 of the API.", "Use API version 2023-06-01.", "Use version 10.0.3.17.",
    "Read https://example.com/help/2024/01/15/news first.", "Answer at most 500 requests a day.",
    "The ratio is 16:9, chapter 3:14.", "Use gpt-4o-2024-08-06 as a name.",
    "Internationalization and telecommunications are words.", "Call +49 30 1234567.",
    "Call 1800555123 for help.", "In an emergency call 911.", "Turn 180 degrees. Run 500 meters.",
    "Order numbers have 8 digits, such as those that begin with 4.",
    "Costs are $${price} literally.",
    "Ask for the session id if it is missing.", "Never give the user's id away.",
    "A user id has 8 digits.", "Step 3: turn 2 screws. Run 5 km.",
    "昨天的新闻很多，请用中文回答。", "今日は何をしますか。", "Reply in JSON: {\"date\": \"YYYY-MM-DD\"}.",
    "Give dates in the form YYYY-MM-DD, for example 2026-11-23.",
    "Dates are formatted like 23.11.2026 and times like 09:41:07.", "z. B. 23.11.2026",
    "An order id, e.g. req_8f14e45fceea, stands on the receipt.",
    "The train stops at Harbour, Mill and Abbey.", "Today's specials are in the menu.",
    "A room costs 120 euros in 2026.", "If today is Sunday, say that the shop is closed.",
    "If it is Monday, the museum is closed.", "It is open on Monday and Tuesday.",
    "The current edition is that of the year before.", "It is known that 1969 was a good year.",
    "The server listens on 127.0.0.1 and localhost:8080.", "Private addresses are in 10.0.0.0/8.",
    "Never edit .env.local or settings.local.json.", "Use node: v18.2 or later.",
    "Call getUserAccountBalanceHistoryByDate or XMLHttpRequestController.",
    "Run run_python3 and thread_pool_4.", "Sign with sha256WithRSAEncryption.",
    "See docs/architecture/overview-of-services.md for more.", "Directive of 24 October 1995.",
    "Heute ist ein Wort mit fünf Buchstaben.", "Aujourd'hui est un mot.", "I may answer in March.",
    "There are 12 messages in the guide.", "Write to support@harbour.example.",
    "Apollo 11 landed on July 20, 1969.", "Section 10.2.33.4 and rule 1.2.3.4 apply.",
    "Step 1 of 3: read the question.", "It is Monday that is busiest.",
    "Nous sommes une entreprise fondée en 2008.", "Last revised January 15, 2025.",
    "1600000000 people live there.", "Use the model claude-3-5-sonnet-20241022.",
    "Colours are #ff00aa; IBAN DE89370400440532013000.",
    "Read src/components/UserProfilePanel.tsx.",
    "Use ISO 27001:2013 and EN 50131-1.", "第2条规则适用。第1步：阅读。",
    "Meeting minutes of 12.03.2019 are the reference.", "Retry 3 times. Ask at most 3 questions.",
    "Check-in is at 15:00, check-out at 11:00.", "The current price list is in the documents.",
    "Set anthropic-beta: prompt-caching-2024-07-31.",
  ]
}
