/// Abbreviations that end with a full stop, of the languages whose lists are known here, without the stop.
enum Abbreviations {
  /// Those behind which a sentence goes on, whatever follows: titles, and what stands before its example.
  static let open: [String] = words(
    """
    Mr Mrs Ms Mx Messrs Mmes Dr Drs Prof Rev Hon Fr Sr St Ste Gen Col Maj Capt Cmdr Lt Sgt Cpl Adm
    Gov Pres Sen Rep Amb Supt Mt Ft Asst Assoc Msgr e.g i.e eg ie vs viz cf c.f approx esp incl resp
    a.k.a w.r.t i.a ca
    bzw z.B z.b d.h u.a u.U z.T s.o s.u o.ä o.Ä i.d.R v.a m.E vgl ggf evtl inkl exkl zzgl abzgl sog
    insb insbes bspw Nr Hr Fr Hrn Frl Abs Abb Abschn Kap Bd Bde Aufl Hrsg Dipl Ing ehem geb gest
    allg bez bzgl einschl gem lfd zzt Str Tel Hbf Mio Mrd Tsd
    Mme Mlle MM Mlles Mgr p.ex av apr env
    sra srta sres Dra Dña Ud Uds Vd Vds Lic pág págs núm EE.UU p.ej aprox
    sig sig.ra sigg dott dott.ssa avv prof.ssa egr Gent pagg Exmo Exma
    dhr mevr mw bijv d.w.z o.a m.b.t t.o.v m.a.w i.p.v
    np tzn tzw m.in ul inż mgr hab dyr woj np např tzv apod
    t.ex bl.a d.v.s s.k fr.o.m t.o.m f.eks bl.a
    т.е т.к т.н т.н. им ул рис табл стр гл ср напр проф акад тов г-н г-жа вул див просп
    κ κα κος κκ π.χ δηλ βλ σελ π.Χ μ.Χ
    Doç Yrd bkz örn çev Sn Av M.Ö M.S yy
    pl ún kb ill vö dl dna ThS TS GS PGS Th.S
    डॉ प्रो श्री मो पं ডা ড டாக்டர் డా
    """)

  /// Those behind which a sentence goes on if a number follows, an opening bracket before it or not.
  static let beforeNumbers: [String] = words(
    """
    No Nos Fig Figs Eq Eqs Eqn Sec Secs Sect Vol Vols Ch Chap Chaps Art Arts p pp par paras vol vols sec secs ch chap eq eqs Tab Ref
    Refs Ex App Ver v r al Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec min max tel fig figs no art
    S Rn Rdnr Ziff Tz Anm Bl Anl n.º nº nro č str s
    ст п пп с № г т
    """)

  /// Months that follow the number of a day with a stop: German.
  static let months: [String] = words(
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember")

  /// Words with which a sentence begins rather than a name, and that follow initials as such.
  static let starters: [String] = words(
    """
    The This That These Those It He She We They You In On At If But And An As For When There Their
    His Her Its Our My What Who How Why Where No So To By From With After Before Since While Although
    However Der Die Das Ein Eine Er Sie Es Wir Ich Und Aber Im Bei Le La Les Un Une Il Elle Nous El
    Los Las Una
    """)

  /// What numbers that are headings follow.
  static let headings: [String] = words(
    """
    Chapter Section Article Figure Table Part Step Appendix Kapitel Abschnitt Artikel Teil Chapitre
    Capítulo Capitolo Глава Раздел Статья
    """)

  private static func words(_ list: String) -> [String] {
    list.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  /// A pattern over bytes that matches one of `words`: their prefix tree, so that a word is compared with
  /// few of them. Words in lower case are taken with an ASCII capital, too.
  static func pattern(_ words: [String]) -> String {
    var entries: [[UInt8]] = []
    for word in words {
      let bytes = Array(word.utf8)
      entries.append(bytes)
      if let first = bytes.first, first >= 0x61, first <= 0x7A, bytes.count > 1 {
        entries.append([first - 32] + bytes.dropFirst())
      }
    }
    entries.sort { $0.lexicographicallyPrecedes($1) }
    return tree(entries[...], depth: 0)
  }

  private static func tree(_ entries: ArraySlice<[UInt8]>, depth: Int) -> String {
    var rest = entries.drop { $0.count == depth }
    let endsHere = rest.count < entries.count
    var branches: [String] = []
    while let byte = rest.first?[depth] {
      let group = rest.prefix { $0[depth] == byte }
      branches.append(CharacterRanges.escaped(byte) + tree(group, depth: depth + 1))
      rest = rest.dropFirst(group.count)
    }
    guard !branches.isEmpty else { return "" }
    let isOne = branches.count == 1 && !endsHere
    return isOne
      ? branches[0] : "(?:" + branches.joined(separator: "|") + ")" + (endsHere ? "?" : "")
  }
}
